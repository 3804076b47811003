import { bestTag, words } from '@tandem/protocol';
import type { Client, Localised } from '@tandem/protocol';
import type { PageOptions } from '../pages/pages.js';
import type { LoginContext } from './login-methods/login-method.js';

/** What a page tells of the application that asks. */
export interface ClientPresentation {
  readonly name: string;
  readonly logo?: string;
  readonly policy?: string;
  readonly terms?: string;
  readonly home?: string;
  /** Where the user will be sent: the part of an application that can't be made up. */
  readonly redirectHost: string;
}

/** The text for the first of the wished-for languages that there is, else the default one. */
export function textFor(texts: Localised, locales: readonly string[]): string | undefined {
  const tag = bestTag(
    Object.keys(texts).filter((known) => known !== ''),
    locales,
  );
  return texts[tag ?? ''] ?? Object.values(texts)[0];
}

export function presentClient(
  client: Client,
  redirectUri: string | undefined,
  locales: readonly string[],
): ClientPresentation {
  const target = redirectUri ?? client.redirectUris[0];
  const [logo, policy, terms, home] = [client.logoUri, client.policyUri, client.tosUri, client.clientUri].map((texts) =>
    textFor(texts, locales),
  );
  return {
    name: textFor(client.clientName, locales) ?? client.clientId,
    redirectHost: target === undefined ? '' : new URL(target).host || new URL(target).protocol,
    ...(logo === undefined ? {} : { logo }),
    ...(policy === undefined ? {} : { policy }),
    ...(terms === undefined ? {} : { terms }),
    ...(home === undefined ? {} : { home }),
  };
}

/** What a mail calls an application. One that registered itself could have its name say anything, for us to send about. */
export function nameInMail(client: Client): string {
  const { name, redirectHost } = presentClient(client, undefined, []);
  return client.origin === 'declared' ? name : redirectHost;
}

/** CSP source that lets a form's redirect end at the client. */
export function formTargetsOf(client: Client, redirectUri: string | undefined): readonly string[] {
  const target = redirectUri ?? client.redirectUris[0];
  if (target === undefined) return [];
  const { origin, protocol } = new URL(target);
  return [origin === 'null' ? protocol : origin];
}

/** What every page of a pending request shows of the application that made it, and needs for that. */
export function framedBy({
  client,
  interaction,
  language,
}: Pick<LoginContext, 'client' | 'interaction' | 'language'>): {
  readonly client: ClientPresentation;
  readonly needs: PageOptions;
} {
  const { redirectUri, uiLocales } = interaction.parameters;
  const presentation = presentClient(client, redirectUri, [...words(uiLocales), language.tag]);
  const { logo } = presentation;
  return {
    client: presentation,
    needs: {
      language,
      formTargets: formTargetsOf(client, redirectUri),
      ...(logo === undefined ? {} : { images: [new URL(logo).origin] }),
    },
  };
}
