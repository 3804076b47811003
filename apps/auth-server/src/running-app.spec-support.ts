import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { createTestDatabase } from '@tandem/testing';
import { createLogger, createWebApp, fastifyOf } from '@tandem/web-server';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { ClientStore, UserStore } from '@tandem/persistence';
import { AppModule } from './app.module.js';
import { grantManagementApi } from './built-in.js';
import { CLIENT_AUTHENTICATION_METHOD_NAMES } from './client-authentication/methods/index.js';
import type { AuthServerConfig } from './config.js';
import { readDeclaredConfiguration } from './declared-configuration/read-declared-configuration.js';
import { allowWebOrigins } from './http/cors.js';
import { OAuthErrorFilter } from './http/oauth-error.filter.js';
import { hasMailbox } from './mail/has-mailbox.js';
import { BrowserSessions } from './session/browser-sessions.js';
import { prepare } from './start-up.js';
import { supportedBy } from './supported.js';
import { GRANT_TYPE_NAMES } from './token-endpoint/grant-types/index.js';

/** The whole auth-server on a database of its own and any free port. `issuer` is only its name. */
export interface RunningApp {
  readonly app: NestFastifyApplication;
  /** Without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

export async function startApp(declaredYaml: string, issuer = 'https://op.example/'): Promise<RunningApp> {
  const database = await createTestDatabase();
  const config: AuthServerConfig = {
    issuer,
    production: false,
    http: {
      port: 0,
      host: '127.0.0.1',
      managementPort: 0,
      trustedProxies: [],
      shutdownGraceSeconds: 0,
      exitWithParent: false,
      workers: 1,
    },
    database: { url: database.url, poolSize: 5 },
    declaredConfigurationFile: '',
    keyEncryptionKeys: [randomBytes(32)],
    logLevel: 'silent',
    outbound: { allow: [] },
  };
  const supported = supportedBy({
    authenticationMethods: CLIENT_AUTHENTICATION_METHOD_NAMES,
    grantTypes: GRANT_TYPE_NAMES,
  });
  const declared = readDeclaredConfiguration(declaredYaml, supported, {
    production: false,
    builtInApis: [grantManagementApi(issuer)],
    mailbox: hasMailbox(config),
  });
  const logger = createLogger('auth-server', config.logLevel);
  const app = await createWebApp(AppModule.forRoot(config, declared), { logger });
  app.useGlobalFilters(new OAuthErrorFilter(logger));
  allowWebOrigins(fastifyOf(app), app.get(ClientStore));
  await prepare(app);
  await app.listen(0, '127.0.0.1');
  return {
    app,
    url: await app.getUrl(),
    close: async () => {
      await app.close();
      await database.drop();
    },
  };
}

export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
export const basicOf = (clientId: string, secret: string): string =>
  `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;

export interface SignedIn {
  readonly userId: string;
  readonly sid: string;
  /** The value of the browser's session cookie. */
  readonly value: string;
}

/** A new user, who has just signed in. */
export async function signedIn({ app }: RunningApp, email: string): Promise<SignedIn> {
  const userId = await app.get(UserStore).keep({ email, emailVerified: true, claims: { name: email } });
  const browser = { headers: {} } as unknown as FastifyRequest;
  const { session, headers } = await app.get(BrowserSessions).start(browser, { userId, amr: ['pwd'] });
  const [active = ''] = [headers['set-cookie'] ?? []].flat();
  return { userId, sid: session.sid, value: /=([^;]+)/.exec(active)?.[1] ?? '' };
}
