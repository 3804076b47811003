import type { Api } from '@tandem/protocol';
import { textIn } from '../messages/index.js';
import type { Language, MessageKey } from '../messages/index.js';
import { textFor } from './client-presentation.js';

const IDENTITY: Readonly<Record<string, MessageKey>> = {
  openid: 'scope.openid',
  profile: 'scope.profile',
  email: 'scope.email',
  address: 'scope.address',
  phone: 'scope.phone',
  offline_access: 'scope.offline_access',
};

/** What a scope means to a user: ours in the page's language, an API's as it was declared. */
export function wordsOfScope(scope: string, apis: readonly Api[], language: Language): string {
  const key = IDENTITY[scope];
  if (key !== undefined) return textIn(language, key);
  const words = apis.find((api) => Object.hasOwn(api.scopes, scope))?.scopes[scope] ?? scope;
  return typeof words === 'string' ? words : (textFor(words, [language.tag]) ?? scope);
}
