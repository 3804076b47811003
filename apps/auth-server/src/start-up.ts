import { dirname } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { grantManagementApi } from './built-in.js';
import { ApplyDeclaredConfiguration, readDeclaredFile } from './declared-configuration/apply-declared-configuration.js';
import type { DeclaredConfiguration } from './declared-configuration/declared-configuration.js';
import { readDeclaredConfiguration } from './declared-configuration/read-declared-configuration.js';
import { CLIENT_AUTHENTICATION_METHOD_NAMES } from './client-authentication/methods/index.js';
import { ConfigurationError } from '@tandem/web-server';
import type { AuthServerConfig } from './config.js';
import { hasMailbox } from './mail/has-mailbox.js';
import { PasskeyLogin } from './interaction/login-methods/passkey.js';
import { canHavePasskeys } from './passkeys/passkey-ceremonies.js';
import { ServerSecrets } from './signing-keys/server-secrets.js';
import { SigningKeys } from './signing-keys/signing-keys.js';
import { supportedBy } from './supported.js';
import { GRANT_TYPE_NAMES } from './token-endpoint/grant-types/index.js';

/** The operator's file, read and checked before anything is started. */
export function loadDeclaredConfiguration(config: AuthServerConfig): DeclaredConfiguration {
  let text: string;
  try {
    text = readDeclaredFile(config.declaredConfigurationFile);
  } catch {
    throw new ConfigurationError(['TANDEM_CONFIG: the file can not be read']);
  }
  const supported = supportedBy({
    authenticationMethods: CLIENT_AUTHENTICATION_METHOD_NAMES,
    grantTypes: GRANT_TYPE_NAMES,
  });
  const declared = readDeclaredConfiguration(text, supported, {
    production: config.production,
    folder: dirname(config.declaredConfigurationFile),
    builtInApis: [grantManagementApi(config.issuer)],
    mailbox: hasMailbox(config),
  });
  if (declared.login.methods.includes(PasskeyLogin.methodName) && !canHavePasskeys(config.issuer))
    throw new ConfigurationError([
      'login.methods: passkeys need an issuer with a host name: browsers refuse addresses',
    ]);
  return declared;
}

/** What must be there before the first request: our secrets and keys, and the declared APIs, clients and users. */
export async function prepare(app: INestApplicationContext): Promise<void> {
  await app.get(ServerSecrets).load();
  await app.get(SigningKeys).load();
  await app.get(ApplyDeclaredConfiguration).apply();
}
