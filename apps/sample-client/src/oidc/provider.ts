import { webcrypto } from 'node:crypto';
import { InvalidTokenError, readHeader, RemoteKeySet } from '@tandem/jwt';
import { Inject, Injectable } from '@nestjs/common';
import type { PublicJwk } from '@tandem/protocol';
import * as oidc from 'openid-client';
import { epochSeconds } from '../clock.js';
import { CONFIG } from '../config.js';
import type { SampleClientConfig } from '../config.js';

/** How the client proves itself at the token endpoint. */
export type Credential = 'secret' | 'private-key';

/** One HTTP message pair as it went over the wire. */
export interface Exchange {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

/** A registration of ours at the provider, ready to make requests. */
export interface Registration {
  readonly clientId: string;
  readonly configuration: oidc.Configuration;
}

/** How the key of a JWK is imported, by its `alg`. */
const IMPORT_ALGORITHMS: Readonly<Record<string, webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams>> = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
};
/** No page of ours waits longer for the provider. */
const TIMEOUT_SECONDS = 5;

/** The provider as this application knows it: its metadata, its keys, and our two registrations. */
@Injectable()
export class Provider {
  private readonly registrations = new Map<Credential, Promise<Registration>>();
  private readonly keySet: RemoteKeySet;

  constructor(@Inject(CONFIG) private readonly config: SampleClientConfig) {
    this.keySet = new RemoteKeySet({
      fetch: async () => {
        const { jwks_uri: address } = (await this.registration('secret')).configuration.serverMetadata();
        const response = await fetch(address as string, { signal: AbortSignal.timeout(2_500) });
        return response.json();
      },
      maxAgeSeconds: 300,
      minRefetchSeconds: 5,
      now: epochSeconds,
    });
  }

  get offersPrivateKey(): boolean {
    return this.config.withPrivateKey !== undefined;
  }

  /** Discovered when it is first needed, so that this application starts before its provider; a failure is not kept. */
  registration(credential: Credential): Promise<Registration> {
    const known = this.registrations.get(credential);
    if (known !== undefined) return known;
    const made = this.discover(credential);
    this.registrations.set(credential, made);
    made.catch(() => this.registrations.delete(credential));
    return made;
  }

  /** The provider's keys that may have signed a token with this header. */
  keys(kid: string | undefined, alg: string): Promise<readonly PublicJwk[]> {
    return this.keySet.find(kid, alg as 'RS256');
  }

  /** The keys that may have signed this token; none when it has no readable header. */
  async keysFor(jwt: string): Promise<readonly PublicJwk[]> {
    try {
      const { kid, alg } = readHeader(jwt);
      return await this.keys(kid, alg);
    } catch (error) {
      if (error instanceof InvalidTokenError) return [];
      throw error;
    }
  }

  /** The same registration whose next requests are written down. */
  async recording(credential: Credential): Promise<Registration & { readonly exchanges: Exchange[] }> {
    const { clientId, configuration } = await this.registration(credential);
    const exchanges: Exchange[] = [];
    const copy = new oidc.Configuration(
      configuration.serverMetadata(),
      clientId,
      configuration.clientMetadata(),
      await this.authentication(credential),
    );
    if (this.config.issuer.startsWith('http:')) oidc.allowInsecureRequests(copy);
    copy.timeout = TIMEOUT_SECONDS;
    copy[oidc.customFetch] = recordTo(exchanges);
    return { clientId, configuration: copy, exchanges };
  }

  private async discover(credential: Credential): Promise<Registration> {
    const { withSecret, withPrivateKey, issuer } = this.config;
    if (credential === 'private-key' && withPrivateKey === undefined) throw new Error('no private key is configured');
    const clientId = credential === 'secret' ? withSecret.clientId : (withPrivateKey?.clientId as string);
    const execute = issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
    const configuration = await oidc.discovery(new URL(issuer), clientId, {}, await this.authentication(credential), {
      execute,
      timeout: TIMEOUT_SECONDS,
    });
    return { clientId, configuration };
  }

  private async authentication(credential: Credential): Promise<oidc.ClientAuth> {
    const { withSecret, withPrivateKey } = this.config;
    if (credential === 'secret' || withPrivateKey === undefined) return oidc.ClientSecretBasic(withSecret.clientSecret);
    const { jwk } = withPrivateKey;
    const algorithm = IMPORT_ALGORITHMS[jwk['alg'] as string];
    if (algorithm === undefined) throw new Error('the private key is for an algorithm that is not supported here');
    const key = await webcrypto.subtle.importKey('jwk', jwk as webcrypto.JsonWebKey, algorithm, false, ['sign']);
    return oidc.PrivateKeyJwt({ key: key as never, ...(typeof jwk['kid'] === 'string' ? { kid: jwk['kid'] } : {}) });
  }
}

function recordTo(exchanges: Exchange[]): oidc.CustomFetch {
  return async (url, options) => {
    const response = await fetch(url, options as RequestInit);
    const body = await response.clone().text();
    exchanges.push({
      request: {
        method: options.method,
        url,
        headers: { ...options.headers },
        ...(options.body === undefined || options.body === null
          ? {}
          : { body: new URLSearchParams(options.body as URLSearchParams).toString() }),
      },
      response: { status: response.status, headers: Object.fromEntries(response.headers), body },
    });
    return response;
  };
}
