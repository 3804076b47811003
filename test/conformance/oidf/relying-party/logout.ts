import type { Page } from '@tandem/testing';
import { RP_ORIGIN, type Metadata, type RegisteredClient } from './client.js';
import type { ModuleRun, SignedIn } from './module-run.js';
import { newState, randomText } from './random-text.js';

/** What a logout request led to. */
export interface LoggedOut {
  /** The page that asks whether the user means it, if there was one. */
  readonly confirmation?: Page;
  /** The last page that the server answered. */
  readonly page: Page;
  /** Where it redirects to, when that is the client. */
  readonly target?: URL;
}

/** A client that may be returned to after a logout, with somebody signed in to it. */
export async function signInForLogout(
  run: ModuleRun,
  changes: Metadata = {},
): Promise<{ readonly client: RegisteredClient; readonly signedIn: SignedIn; readonly returnTo: string }> {
  const registered = [`${RP_ORIGIN}/${randomText(12)}/logged-out`];
  const client = await run.register({ post_logout_redirect_uris: registered, ...changes });
  const [returnTo] = client.registration['post_logout_redirect_uris'] as readonly [string];
  const signedIn = await run.signIn(client, { state: newState(128) });
  return { client, signedIn, returnTo };
}

const isConfirmation = (page: Page): boolean => page.find('button[name=confirm]').length > 0;

/** Sends a logout request; a page that asks is answered with yes, unless the module wants to look at it. */
export async function requestLogout(
  run: ModuleRun,
  parameters: Readonly<Record<string, string>>,
  { confirm = true }: { readonly confirm?: boolean } = {},
): Promise<LoggedOut> {
  const endpoint = run.provider.metadata['end_session_endpoint'] as string;
  const reachesClient = (target: URL): boolean => target.origin === RP_ORIGIN;
  let page = await run.agent.open(`${endpoint}?${new URLSearchParams(parameters).toString()}`, reachesClient);
  const confirmation = isConfirmation(page) ? page : undefined;
  if (confirmation !== undefined && confirm)
    page = await run.agent.follow(await run.agent.submit(page.form(), { confirm: 'yes' }), reachesClient);
  return {
    page,
    ...(confirmation === undefined ? {} : { confirmation }),
    ...(page.location === undefined ? {} : { target: page.location }),
  };
}
