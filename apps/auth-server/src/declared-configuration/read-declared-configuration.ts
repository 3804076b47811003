import type { Api, Problem, Supported } from '@tandem/protocol';
import { parseDocument } from 'yaml';
import { ConfigurationError } from '@tandem/web-server';
import { reachableAcr } from '../interaction/reachable-acr.js';
import type { DeclaredClient, DeclaredConfiguration, LoginSettings } from './declared-configuration.js';
import { readDeclaredApi } from './read-declared-api.js';
import { readDeclaredClient } from './read-declared-client.js';
import { readDeclaredUser } from './read-declared-user.js';
import { readDynamicRegistration } from './read-dynamic-registration.js';
import { readLogin, readLoginThrottle } from './read-login.js';
import { readMail, readMailThrottle } from './read-mail.js';
import { readPasskeys } from './read-passkeys.js';
import { readTheme } from './read-theme.js';
import { checkNames, isMapping, listAt } from './reading.js';
import type { Report } from './reading.js';

const SECTIONS = [
  'apis',
  'clients',
  'users',
  'dynamic_registration',
  'login',
  'login_throttle',
  'mail',
  'mail_throttle',
  'passkeys',
  'theme',
];

export interface ReadingOptions {
  readonly production: boolean;
  readonly builtInApis: readonly Api[];
  /** Whether mails that are not sent can be read on the mailbox page. */
  readonly mailbox?: boolean;
  /** Where the files lie that the configuration names. */
  readonly folder?: string;
}

/** Ways to sign in that are nothing without mail. */
const METHODS_BY_MAIL = ['email-code'];

/**
 * Reads the operator's YAML: `apis`, `clients`, `users`, `dynamic_registration`, how people sign in and how the pages look.
 * `folder` is where the files lie that it names.
 *
 * @throws ConfigurationError with every problem and its path in one message.
 */
export function readDeclaredConfiguration(
  text: string,
  supported: Supported,
  { production, builtInApis, mailbox = false, folder = '.' }: ReadingOptions,
): DeclaredConfiguration {
  const document = parseDocument(text);
  if (document.errors.length > 0)
    throw new ConfigurationError(document.errors.map(({ message }) => `YAML: ${message.split('\n', 1)[0]}`));
  const problems: Problem[] = [];
  const report: Report = (path, why) => void problems.push({ path, why });
  const root: unknown = document.toJS() ?? {};
  if (!isMapping(root)) throw new ConfigurationError(['the file must be a mapping with apis, clients and users']);
  checkNames(root, SECTIONS, '', report);
  const apis = listAt(root, 'apis', report).map(([value, path]) => readDeclaredApi(value, path, report));
  const clients = listAt(root, 'clients', report).map(([value, path]) =>
    readDeclaredClient(value, path, supported, production, report),
  );
  const users = listAt(root, 'users', report).map(([value, path]) => readDeclaredUser(value, path, production, report));
  const registration = readDynamicRegistration(root['dynamic_registration'], report);
  const login = readLogin(root['login'], supported, report);
  const loginThrottle = readLoginThrottle(root['login_throttle'], report);
  checkRequiredAcr(clients, login, report);
  const mail = readMail(root['mail'], production, report);
  const mailThrottle = readMailThrottle(root['mail_throttle'], report);
  if (root['mail'] === undefined && !mailbox) checkNeedsNoMail(login, report);
  const passkeys = readPasskeys(root['passkeys'], report);
  const theme = readTheme(root['theme'], folder, report);
  checkUnique(
    apis.map(({ identifier }) => identifier),
    'apis',
    'identifier',
    report,
  );
  checkUnique(
    clients.map(({ clientId }) => clientId),
    'clients',
    'client_id',
    report,
  );
  checkUnique(
    users.map(({ email }) => email.toLowerCase()),
    'users',
    'email',
    report,
  );
  checkAudiences(clients, [...apis, ...builtInApis], report);
  if (problems.length > 0) throw new ConfigurationError(problems.map(({ path, why }) => `${path}: ${why}`));
  return {
    ...{ apis: [...builtInApis, ...apis], clients, users, registration, login, loginThrottle },
    ...{ mailThrottle, passkeys, theme },
    ...(mail === undefined ? {} : { mail }),
  };
}

function checkNeedsNoMail({ methods, signUp }: LoginSettings, report: Report): void {
  if (signUp) report('login.sign_up', 'needs the setting mail: addresses are verified by mail');
  methods.forEach((name, index) => {
    if (METHODS_BY_MAIL.includes(name)) report(`login.methods[${index}]`, 'needs the setting mail');
  });
}

function checkUnique(values: readonly string[], path: string, member: string, report: Report): void {
  values.forEach((value, index) => {
    if (values.indexOf(value) !== index) report(`${path}[${index}].${member}`, 'stands twice');
  });
}

/** A class that no sign-in reaches would lock everybody out of the client. */
function checkRequiredAcr(clients: readonly DeclaredClient[], login: LoginSettings, report: Report): void {
  clients.forEach(({ metadata }, index) => {
    const { requiredAcr } = metadata;
    if (requiredAcr !== undefined && !reachableAcr(login, metadata).includes(requiredAcr))
      report(`clients[${index}].required_acr`, 'is reached by no way to sign in that is switched on');
  });
}

function checkAudiences(clients: readonly DeclaredClient[], apis: readonly Api[], report: Report): void {
  const known = new Set(apis.map(({ identifier }) => identifier));
  clients.forEach(({ metadata }, index) => {
    const { audiences, defaultAudience, introspectionAudience } = metadata;
    audiences.forEach((audience, place) => {
      if (!known.has(audience)) report(`clients[${index}].audiences[${place}]`, 'is not among the apis');
    });
    if (defaultAudience !== undefined && !audiences.includes(defaultAudience))
      report(`clients[${index}].default_audience`, 'is not among the audiences of the client');
    if (introspectionAudience !== undefined && !known.has(introspectionAudience))
      report(`clients[${index}].introspection_audience`, 'is not among the apis');
  });
}
