import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { createTestDatabase } from '@tandem/testing';
import { createLogger, createWebApp, fastifyOf } from '@tandem/web-server';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { ClientStore, UserStore } from '@tandem/persistence';
import { request } from 'undici';
import { AppModule } from './app.module.js';
import { grantManagementApi } from './built-in.js';
import { CLIENT_AUTHENTICATION_METHOD_NAMES } from './client-authentication/methods/index.js';
import type { AuthServerConfig } from './config.js';
import { readDeclaredConfiguration } from './declared-configuration/read-declared-configuration.js';
import { allowWebOrigins } from './http/cors.js';
import { OAuthErrorFilter } from './http/oauth-error.filter.js';
import { hasMailbox } from './mail/has-mailbox.js';
import { BrowserSessions } from './session/browser-sessions.js';
import type { Authentication } from './session/browser-sessions.js';
import { prepare } from './start-up.js';
import { supportedBy } from './supported.js';
import { GRANT_TYPE_NAMES } from './token-endpoint/grant-types/index.js';

/** The whole auth-server on a database of its own and any free port. */
export interface RunningApp {
  readonly app: NestFastifyApplication;
  /** Without a slash at the end. */
  readonly url: string;
  /** What it and its replicas have logged, a line each; nothing unless a level was asked for. */
  readonly logLines: string[];
  /** Starts another instance on the same database; it is closed with the first. */
  replica(): Promise<RunningApp>;
  close(): Promise<void>;
}

export interface AppOptions {
  readonly logLevel?: string;
}

/** Only its name. */
export const ISSUER = 'https://op.example/';

export async function startApp(declaredYaml: string, { logLevel = 'silent' }: AppOptions = {}): Promise<RunningApp> {
  const database = await createTestDatabase();
  const config: AuthServerConfig = {
    issuer: ISSUER,
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
    logLevel,
    outbound: { allow: [] },
  };
  const supported = supportedBy({
    authenticationMethods: CLIENT_AUTHENTICATION_METHOD_NAMES,
    grantTypes: GRANT_TYPE_NAMES,
  });
  const declared = readDeclaredConfiguration(declaredYaml, supported, {
    production: false,
    builtInApis: [grantManagementApi(ISSUER)],
    mailbox: hasMailbox(config),
  });
  const logLines: string[] = [];
  const apps: NestFastifyApplication[] = [];
  const start = async (): Promise<NestFastifyApplication> => {
    const logger = createLogger('auth-server', config.logLevel, { write: (line) => void logLines.push(line) });
    const app = await createWebApp(AppModule.forRoot(config, declared), { logger });
    apps.push(app);
    app.useGlobalFilters(new OAuthErrorFilter(logger));
    allowWebOrigins(fastifyOf(app), app.get(ClientStore));
    await prepare(app);
    await app.listen(0, '127.0.0.1');
    return app;
  };
  const close = async (): Promise<void> => {
    for (const app of apps) await app.close();
    await database.drop();
  };
  const running = async (): Promise<RunningApp> => {
    const app = await start();
    return { app, url: await app.getUrl(), logLines, replica: running, close };
  };
  return running();
}

export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
export const basicOf = (clientId: string, secret: string): string =>
  `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;

export interface SignedIn {
  readonly userId: string;
  readonly sid: string;
  /** The browser's session cookie, as it is sent. */
  readonly cookie: string;
}

/** Signs a user in as the login page does, but without a password. */
export async function signIn({ app }: RunningApp, authentication: Authentication): Promise<SignedIn> {
  const browser = { headers: {} } as unknown as FastifyRequest;
  const { session, headers } = await app.get(BrowserSessions).start(browser, authentication);
  const [active = ''] = [headers['set-cookie'] ?? []].flat();
  return { userId: session.userId, sid: session.sid, cookie: active.split(';', 1)[0] as string };
}

/** A new user, who has just signed in. */
export async function signedIn(running: RunningApp, email: string): Promise<SignedIn> {
  const userId = await running.app.get(UserStore).keep({ email, emailVerified: true, claims: { name: email } });
  return signIn(running, { userId, amr: ['pwd'] });
}

/** POSTs a form; the answer's status and its JSON, empty where there is none. For the many requests of a property: `fetch` takes twice as long. */
export async function post(
  { url }: RunningApp,
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly sent: Readonly<Record<string, string>> }> {
  const options = { method: 'POST', headers: FORM, body: new URLSearchParams(form).toString() } as const;
  const { statusCode: status, body } = await request(`${url}/${path}`, options);
  const text = await body.text();
  return { status, sent: (text === '' ? {} : JSON.parse(text)) as Record<string, string> };
}

/** Looks for secrets in what is logged. */
export class LogWatch {
  /** How much was looked through. */
  lines = 0;
  private earlier: readonly string[] = [];

  constructor(private readonly running: RunningApp) {}

  /** A request's line may be written after its answer has arrived, so the secrets of the last look are sought again. */
  expectUntold(secrets: readonly (string | undefined)[]): void {
    const known = secrets.filter((secret) => secret !== undefined);
    const lines = this.running.logLines.splice(0);
    this.lines += lines.length;
    const told = lines.join('');
    expect([...this.earlier, ...known].filter((secret) => told.includes(secret))).toEqual([]);
    this.earlier = known;
  }
}
