import { randomBytes } from 'node:crypto';
import { checkClientJwks, encryptionKeyFor, InvalidKeyError } from '@tandem/jwt';
import type { EncryptionAlg } from '@tandem/jwt';
import { Inject, Injectable } from '@nestjs/common';
import { AuditStore, ClientStore } from '@tandem/persistence';
import {
  encodeClientMetadata,
  isIdentityScope,
  OAuthError,
  readClientMetadata,
  storedHash,
  words,
} from '@tandem/protocol';
import type { Client, ClientMetadata, Problem, Supported } from '@tandem/protocol';
import { ClientSecrets } from '../client-authentication/client-secrets.js';
import { Clock } from '../clock.js';
import { Issuer } from '../endpoints.js';
import { OutboundClient } from '../outbound/outbound-client.js';
import { newOpaqueValue } from '../token-issuance/opaque-value.js';
import { SUPPORTED } from '../tokens.js';
import { SectorIdentifiers } from './sector-identifiers.js';

/** A registration as the client gets to see it: the only time its secret and token are shown. */
export type RegistrationResponse = Readonly<Record<string, unknown>>;

/** Grant types that a client can't give itself: it would act without a user. */
const OPERATOR_GRANT_TYPES = ['client_credentials'];

/** Registers clients that register themselves, and changes them (RFC 7591, RFC 7592, OpenID Dynamic Registration). */
@Injectable()
export class ClientRegistration {
  constructor(
    private readonly clients: ClientStore,
    private readonly secrets: ClientSecrets,
    private readonly sectors: SectorIdentifiers,
    private readonly outbound: OutboundClient,
    private readonly audit: AuditStore,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
    @Inject(SUPPORTED) private readonly supported: Supported,
  ) {}

  /** @throws OAuthError `invalid_redirect_uri`, `invalid_client_metadata`. */
  async register(input: unknown): Promise<RegistrationResponse> {
    const metadata = await this.readMetadata(input);
    const now = this.clock.now();
    const secret = needsSecret(metadata) ? randomBytes(32).toString('base64url') : undefined;
    const client: Client = {
      ...metadata,
      clientId: `c_${randomBytes(16).toString('base64url')}`,
      origin: 'registered',
      clientIdIssuedAt: now,
      secrets: secret === undefined ? [] : [{ hash: this.secrets.hash(secret), createdAt: now }],
    };
    const token = newOpaqueValue('registrationToken');
    await this.clients.keep(client, storedHash(token));
    await this.audit.write([{ type: 'client.registered', clientId: client.clientId }]);
    return this.encode(client, token, secret);
  }

  /** What is registered, without the secret, which nobody can read any more. */
  read(client: Client, token: string): RegistrationResponse {
    return this.encode(client, token, undefined);
  }

  /** RFC 7592 §2.2: the new metadata replaces the old; the registration access token is exchanged. */
  async update(client: Client, input: unknown): Promise<RegistrationResponse> {
    this.refuseOtherCredentials(client, input);
    const metadata = await this.readMetadata(input);
    const secret =
      needsSecret(metadata) && client.secrets.length === 0 ? randomBytes(32).toString('base64url') : undefined;
    const { clientId, origin, clientIdIssuedAt } = client;
    const updated: Client = {
      ...metadata,
      ...{ clientId, origin },
      ...(clientIdIssuedAt === undefined ? {} : { clientIdIssuedAt }),
      secrets:
        secret === undefined ? client.secrets : [{ hash: this.secrets.hash(secret), createdAt: this.clock.now() }],
    };
    const token = newOpaqueValue('registrationToken');
    await this.clients.keep(updated, storedHash(token));
    await this.audit.write([{ type: 'client.updated', clientId }]);
    return this.encode(updated, token, secret);
  }

  async remove({ clientId }: Client): Promise<void> {
    await this.clients.remove(clientId, this.clock.now());
    await this.audit.write([{ type: 'client.removed', clientId }]);
  }

  private refuseOtherCredentials(client: Client, input: unknown): void {
    const { client_id: clientId, client_secret: secret } =
      typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
    if (clientId !== undefined && clientId !== client.clientId)
      throw new OAuthError('invalid_client_metadata', 'client_id can not be changed');
    const known = typeof secret === 'string' && this.secrets.matches(client, secret);
    if (secret !== undefined && !known)
      throw new OAuthError('invalid_client_metadata', 'client_secret can not be chosen');
  }

  private async readMetadata(input: unknown): Promise<ClientMetadata> {
    if (typeof input !== 'object' || input === null || Array.isArray(input))
      throw new OAuthError('invalid_client_metadata', 'the body must be a JSON object');
    const given = input as Readonly<Record<string, unknown>>;
    const { metadata, problems } = readClientMetadata(given, 'registered', this.supported);
    refuse([...problems, ...this.furtherProblems(given, metadata)]);
    if (metadata.sectorIdentifierUri !== undefined)
      await this.sectors.check(metadata.sectorIdentifierUri, metadata.redirectUris);
    else refuse(sectorProblems(metadata));
    const registered = { ...metadata, idTokenProfileClaims: false, ...readJwks(given['jwks']) };
    refuse(encryptionProblems(registered));
    return registered;
  }

  private furtherProblems(given: Readonly<Record<string, unknown>>, metadata: ClientMetadata): readonly Problem[] {
    const { scope } = given;
    const reached = [
      metadata.jwksUri,
      metadata.sectorIdentifierUri,
      metadata.backchannelLogoutUri,
      ...metadata.requestUris,
    ];
    return [
      ...(scope !== undefined && (typeof scope !== 'string' || !words(scope).every(isIdentityScope))
        ? [{ path: 'scope', why: 'names a scope that is not open to registration' }]
        : []),
      ...metadata.grantTypes
        .filter((type) => OPERATOR_GRANT_TYPES.includes(type))
        .map((type) => ({ path: 'grant_types', why: `${type} is not open to registration` })),
      ...reached.flatMap((url) =>
        url === undefined || this.outbound.mayReach(url)
          ? []
          : [{ path: 'metadata', why: 'names an address that this server may not fetch' }],
      ),
    ];
  }

  private encode(client: Client, token: string, secret: string | undefined): RegistrationResponse {
    return {
      ...encodeClientMetadata(client, this.supported, 'registered'),
      client_id: client.clientId,
      client_id_issued_at: client.clientIdIssuedAt,
      ...(secret === undefined ? {} : { client_secret: secret }),
      ...(client.secrets.length === 0 ? {} : { client_secret_expires_at: 0 }),
      registration_access_token: token,
      registration_client_uri: `${this.issuer.url('registration')}/${client.clientId}`,
    };
  }
}

const needsSecret = ({ tokenEndpointAuthMethod }: ClientMetadata): boolean =>
  tokenEndpointAuthMethod.startsWith('client_secret_');

function refuse(problems: readonly Problem[]): void {
  const [problem] = problems;
  if (problem === undefined) return;
  const code = problem.path.startsWith('redirect_uris') ? 'invalid_redirect_uri' : 'invalid_client_metadata';
  throw new OAuthError(
    code,
    problems
      .map(({ path, why }) => `${path} ${why}`)
      .slice(0, 5)
      .join('; '),
  );
}

/** OIDC Core §8.1: with several hosts only a sector_identifier_uri can say which of them the subjects are for. */
function sectorProblems({ subjectType, redirectUris }: ClientMetadata): readonly Problem[] {
  const hosts = new Set(redirectUris.map((uri) => new URL(uri).host));
  return subjectType === 'pairwise' && hosts.size > 1
    ? [{ path: 'sector_identifier_uri', why: 'is needed with redirect_uris on several hosts' }]
    : [];
}

/** Keys that are given must have one to encrypt to; those behind a jwks_uri may come later. */
const encryptionProblems = ({ jwks, ...metadata }: ClientMetadata): readonly Problem[] =>
  [metadata.idTokenEncryptedResponseAlg, metadata.userinfoEncryptedResponseAlg].flatMap((alg) =>
    jwks === undefined || alg === undefined || encryptionKeyFor(jwks, alg as EncryptionAlg) !== undefined
      ? []
      : [{ path: 'jwks', why: 'has no key to encrypt to this client with' }],
  );

function readJwks(jwks: unknown): Pick<ClientMetadata, 'jwks'> {
  if (jwks === undefined || jwks === null) return {};
  try {
    return { jwks: checkClientJwks(jwks) };
  } catch (error) {
    if (error instanceof InvalidKeyError) throw new OAuthError('invalid_client_metadata', `jwks ${error.message}`);
    throw error;
  }
}
