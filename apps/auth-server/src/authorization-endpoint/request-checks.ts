import { InvalidTokenError, TokenVerifier } from '@tandem/jwt';
import { Inject, Injectable } from '@nestjs/common';
import { ApiStore } from '@tandem/persistence';
import { askedAudiences, checkAuthorizationRequest, promptsOffered } from '@tandem/protocol';
import type {
  AuthorizationParameters,
  AuthorizationRequest,
  CheckInput,
  Client,
  ReturnAddress,
} from '@tandem/protocol';
import { Clock } from '../clock.js';
import type { DeclaredConfiguration } from '../declared-configuration/declared-configuration.js';
import { Issuer } from '../endpoints.js';
import { OUR_SIGNING_ALGS, SigningKeys } from '../signing-keys/signing-keys.js';
import { DECLARED } from '../tokens.js';

/** Checks a request whose return address is proven, with what the checks have to know: its APIs and whom its hint names. */
@Injectable()
export class RequestChecks {
  constructor(
    private readonly apis: ApiStore,
    private readonly keys: SigningKeys,
    private readonly verifier: TokenVerifier,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
  ) {}

  /** @throws OAuthError for the return address. */
  async check(
    parameters: AuthorizationParameters,
    client: Client,
    returnAddress: ReturnAddress,
  ): Promise<AuthorizationRequest> {
    const wanted = askedAudiences(parameters, client);
    const apis = await this.apis.findAll(wanted);
    const hint = this.readHint(parameters.idTokenHint, client);
    return checkAuthorizationRequest({
      ...{ parameters, client, returnAddress, apis },
      prompts: promptsOffered({ signUp: this.declared.login.signUp }),
      unknownAudiences: wanted.filter((wish) => !apis.some(({ identifier }) => identifier === wish)),
      ...(hint === undefined ? {} : { hint }),
    });
  }

  private readHint(hint: string | undefined, client: Client): CheckInput['hint'] {
    if (hint === undefined) return undefined;
    try {
      const { claims } = this.verifier.verify('id_token_hint', hint, {
        keys: this.keys.jwks(),
        algorithms: OUR_SIGNING_ALGS,
        issuer: this.issuer.identifier,
        audience: client.clientId,
        now: this.clock.now(),
      });
      return { sub: claims.sub as string };
    } catch (error) {
      if (error instanceof InvalidTokenError) return 'invalid';
      throw error;
    }
  }
}
