import { readFileSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { ApiStore, ClientStore, emailKey, InitialAccessTokenStore, UserStore } from '@tandem/persistence';
import { storedHash } from '@tandem/protocol';
import type { Client } from '@tandem/protocol';
import { isDeepStrictEqual } from 'node:util';
import { ClientSecrets } from '../client-authentication/client-secrets.js';
import { accountClient } from '../built-in.js';
import { Clock } from '../clock.js';
import { Issuer } from '../endpoints.js';
import { PasswordHashing } from '../interaction/login-methods/password-hashing.js';
import { ServerSecrets } from '../signing-keys/server-secrets.js';
import { DECLARED } from '../tokens.js';
import type { DeclaredClient, DeclaredConfiguration, DeclaredUser } from './declared-configuration.js';

const INITIAL_ACCESS_TOKEN_SECONDS = 365 * 86_400;

const USERS_AT_ONCE = 4;

/** Text of the declared file; a missing one is a problem of the configuration. */
export const readDeclaredFile = (path: string): string => readFileSync(path, 'utf8');

/** Brings the database to what the file says. What is as declared is not touched, so a start can be repeated at will. */
@Injectable()
export class ApplyDeclaredConfiguration {
  constructor(
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
    private readonly apis: ApiStore,
    private readonly clients: ClientStore,
    private readonly users: UserStore,
    private readonly initialAccessTokens: InitialAccessTokenStore,
    private readonly secrets: ClientSecrets,
    private readonly hashing: PasswordHashing,
    private readonly serverSecrets: ServerSecrets,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
  ) {}

  async apply(): Promise<void> {
    const known = await this.apis.all();
    for (const api of this.declared.apis)
      if (!isDeepStrictEqual(plain(known.get(api.identifier)), plain(api))) await this.apis.keep(api);
    await this.keepClient(accountClient(this.issuer.identifier));
    for (const client of this.declared.clients) await this.applyClient(client);
    await this.applyUsers();
    for (const { token, uses } of this.declared.registration.initialAccessTokens) {
      await this.initialAccessTokens.add(storedHash(token), uses, INITIAL_ACCESS_TOKEN_SECONDS);
    }
  }

  /** A few at a time: passwords are hashed in turn anyway, and a long list must not fill any queue. */
  private async applyUsers(): Promise<void> {
    const left = this.declared.users.values();
    const applyNext = async (): Promise<void> => {
      for (const user of left) await this.applyUser(user);
    };
    await Promise.all(Array.from({ length: USERS_AT_ONCE }, applyNext));
  }

  private async applyClient({ clientId, metadata, secrets }: DeclaredClient): Promise<void> {
    const held = await this.clients.find(clientId);
    const client: Client = {
      ...metadata,
      clientId,
      origin: 'declared',
      clientIdIssuedAt: held?.clientIdIssuedAt ?? this.clock.now(),
      secrets: secrets.map(({ secret, expiresAt }) => {
        const hash = this.secrets.hash(secret);
        const createdAt = held?.secrets.find((one) => one.hash === hash)?.createdAt ?? this.clock.now();
        return { hash, createdAt, ...(expiresAt === undefined ? {} : { expiresAt }) };
      }),
    };
    await this.keepClient(client);
  }

  private async keepClient(client: Client): Promise<void> {
    if (!isDeepStrictEqual(plain(await this.clients.find(client.clientId)), plain(client)))
      await this.clients.keep(client);
  }

  /** An entry is applied when it is new or was changed: people look after their own account between two starts. */
  private async applyUser(user: DeclaredUser): Promise<void> {
    const declaredHash = this.serverSecrets.mac('proof', `declared user|${JSON.stringify(user)}`);
    if (await this.users.isApplied(declaredHash)) return;
    const { password, userId, email } = user;
    // Known by its id, the user may have another address by now: the changed file has the last word.
    const named = userId === undefined ? undefined : await this.users.find(userId);
    if (named !== undefined && emailKey(named.email) !== emailKey(email))
      await this.users.changeEmail(named.userId, email);
    const hash = password === undefined ? undefined : await this.hashing.hash(password);
    await this.users.keep(user, hash, declaredHash);
  }
}

/** As it comes back from the database: without members that are undefined. */
const plain = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
