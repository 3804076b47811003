import { Injectable } from '@nestjs/common';
import { OAuthError } from '@tandem/protocol';
import { UpstreamProblem } from '../../federation/upstream-problem.js';
import { UpstreamProviders } from '../../federation/upstream-providers.js';
import { required } from '../../http/form-parameters.js';
import { IdentityLinking } from '../federated/identity-linking.js';
import { Interactions } from '../interactions.js';
import { UpstreamSignIn } from '../federated/upstream-sign-in.js';
import type { LoginAttempt, LoginContext, LoginMethod, LoginOutcome, LoginPart } from './login-method.js';

/** Other OpenID Providers, a link for each. It ends at the callback, in `upstream.controller`. */
@Injectable()
export class UpstreamLogin implements LoginMethod {
  static readonly methodName = 'upstream';
  readonly name = UpstreamLogin.methodName;

  constructor(
    private readonly providers: UpstreamProviders,
    private readonly upstream: UpstreamSignIn,
    private readonly linking: IdentityLinking,
    private readonly interactions: Interactions,
  ) {}

  part({ interaction }: LoginContext): LoginPart | undefined {
    const { interactionId } = interaction;
    // Who has to show that an account is theirs can't do it by what raised the question.
    const asked = this.linking.pendingOf(interaction)?.connection;
    const links = this.providers.connections
      .filter(({ name }) => name !== asked)
      .map(({ name, displayName }) => ({
        name,
        displayName,
        href: this.interactions.connectionUrl(interactionId, name),
      }));
    return links.length === 0 ? undefined : { view: 'upstream', model: { links } };
  }

  /** For those who send the form instead of following the link. */
  async authenticate(attempt: LoginAttempt): Promise<LoginOutcome> {
    const connection = this.providers.find(required(attempt.form, 'connection'));
    if (connection === undefined) throw new OAuthError('invalid_request', 'this way to sign in is not offered');
    try {
      return { outcome: 'leaves', location: await this.upstream.begin(attempt, connection) };
    } catch (error) {
      if (error instanceof UpstreamProblem) return { outcome: 'unavailable', problem: `upstream.${error.kind}` };
      throw error;
    }
  }
}
