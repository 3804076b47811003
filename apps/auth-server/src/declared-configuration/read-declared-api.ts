import type { Api } from '@tandem/protocol';
import { checkNames, isMapping, isText } from './reading.js';
import type { Mapping, Report } from './reading.js';

const LANGUAGE_TAG = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** One member of `apis`. */
export function readDeclaredApi(value: Mapping, path: string, report: Report): Api {
  checkNames(
    value,
    ['identifier', 'name', 'scopes', 'access_token_lifetime_seconds', 'allow_offline_access', 'signing_alg'],
    path,
    report,
  );
  const {
    identifier,
    name,
    scopes = {},
    access_token_lifetime_seconds: lifetime = 86_400,
    allow_offline_access: offline = false,
    signing_alg: alg = 'RS256',
  } = value;
  if (!isText(identifier) || /\s/.test(identifier))
    report(`${path}.identifier`, 'must be the audience, a text without spaces');
  if (name !== undefined && !isText(name)) report(`${path}.name`, 'must be a non-empty string');
  if (!isMapping(scopes) || !Object.values(scopes).every(isWording))
    report(`${path}.scopes`, 'must map each scope to the words on the consent page, or to those of each language');
  else
    for (const scope of Object.keys(scopes))
      if (!SCOPE_TOKEN.test(scope)) report(`${path}.scopes.${scope}`, 'holds a character that a scope can not have');
  if (!Number.isSafeInteger(lifetime) || (lifetime as number) < 10 || (lifetime as number) > 86_400)
    report(`${path}.access_token_lifetime_seconds`, 'must be a whole number from 10 to 86400');
  if (typeof offline !== 'boolean') report(`${path}.allow_offline_access`, 'must be true or false');
  if (!['RS256', 'PS256', 'ES256'].includes(alg as string))
    report(`${path}.signing_alg`, 'must be one of: RS256, PS256, ES256');
  return {
    identifier: String(identifier),
    name: String(name ?? identifier),
    scopes: scopes as Api['scopes'],
    accessTokenLifetimeSeconds: lifetime as number,
    allowOfflineAccess: offline as boolean,
    signingAlg: alg as Api['signingAlg'],
  };
}

/** A text, or one for each language: `{ en: …, de: … }`. The first is for everybody else. */
const isWording = (value: unknown): boolean =>
  isText(value) ||
  (isMapping(value) &&
    Object.keys(value).length > 0 &&
    Object.entries(value).every(([tag, words]) => LANGUAGE_TAG.test(tag) && isText(words)));
