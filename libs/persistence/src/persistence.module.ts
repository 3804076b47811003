import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Database, dataSourceOptions } from './database.js';
import type { DatabaseOptions } from './database.js';
import { StorageUnavailable, toStorageError } from './storage-unavailable.js';
import { AccessTokenStore } from './stores/access-token-store.js';
import { ApiStore } from './stores/api-store.js';
import { AuditStore } from './stores/audit-store.js';
import { ClientStore } from './stores/client-store.js';
import { CodeStore } from './stores/code-store.js';
import { ConsentStore } from './stores/consent-store.js';
import { FederatedIdentityStore } from './stores/federated-identity-store.js';
import { GrantOutboxStore } from './stores/grant-outbox-store.js';
import { GrantRecordStore } from './stores/grant-record-store.js';
import { GrantStore } from './stores/grant-store.js';
import { AssertionStore, InitialAccessTokenStore, ThrottleStore } from './stores/guard-stores.js';
import { InteractionStore } from './stores/interaction-store.js';
import { SecretStore, SigningKeyStore } from './stores/key-stores.js';
import { LogoutDeliveryStore } from './stores/logout-delivery-store.js';
import { MailStore } from './stores/mail-store.js';
import { OutboxStore } from './stores/outbox-store.js';
import { PasskeyStore } from './stores/passkey-store.js';
import { ProofStore } from './stores/proof-store.js';
import { RecoveryCodeStore } from './stores/recovery-code-store.js';
import { RefreshTokenStore } from './stores/refresh-token-store.js';
import { RestoreStore } from './stores/restore-store.js';
import { RevocationStore } from './stores/revocation-store.js';
import { SessionStore } from './stores/session-store.js';
import { TotpStore } from './stores/totp-store.js';
import { UserStore } from './stores/user-store.js';

const STORES = [
  AccessTokenStore,
  ApiStore,
  AssertionStore,
  AuditStore,
  ClientStore,
  CodeStore,
  ConsentStore,
  FederatedIdentityStore,
  GrantOutboxStore,
  GrantRecordStore,
  GrantStore,
  InitialAccessTokenStore,
  InteractionStore,
  LogoutDeliveryStore,
  MailStore,
  OutboxStore,
  PasskeyStore,
  ProofStore,
  RecoveryCodeStore,
  RefreshTokenStore,
  RestoreStore,
  RevocationStore,
  SecretStore,
  SessionStore,
  SigningKeyStore,
  ThrottleStore,
  TotpStore,
  UserStore,
];

const START_MILLISECONDS = 15_000;
const PAUSE_MILLISECONDS = 250;

/** Opens the one DataSource of a process. A server that is still starting, or busy, is waited for. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const deadline = performance.now() + START_MILLISECONDS;
  for (;;) {
    const dataSource = new DataSource(dataSourceOptions(options));
    try {
      await dataSource.initialize();
      return new Database(dataSource);
    } catch (error) {
      const cause = toStorageError(error);
      if (!(cause instanceof StorageUnavailable) || performance.now() > deadline) throw cause;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
  }
}

/** Provides the database and every store to the whole application. */
@Global()
@Module({})
export class PersistenceModule implements OnApplicationShutdown {
  constructor(@Inject(Database) private readonly database: Database) {}

  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: PersistenceModule,
      providers: [
        { provide: Database, useFactory: () => openDatabase(options) },
        ...STORES.map((Store) => ({
          provide: Store,
          useFactory: (database: Database) => new Store(database),
          inject: [Database],
        })),
      ],
      exports: [Database, ...STORES],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.dataSource.destroy();
  }
}
