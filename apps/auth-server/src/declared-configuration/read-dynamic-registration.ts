import type { DeclaredRegistration } from './declared-configuration.js';
import { checkNames, isMapping, isText } from './reading.js';
import type { Report } from './reading.js';

/** `dynamic_registration`: who may register clients. */
export function readDynamicRegistration(value: unknown, report: Report): DeclaredRegistration {
  if (value === undefined || value === null) return { open: false, initialAccessTokens: [] };
  if (!isMapping(value)) {
    report('dynamic_registration', 'must be a mapping');
    return { open: false, initialAccessTokens: [] };
  }
  checkNames(value, ['open', 'initial_access_tokens'], 'dynamic_registration', report);
  const { open = false, initial_access_tokens: tokens = [] } = value;
  if (typeof open !== 'boolean') report('dynamic_registration.open', 'must be true or false');
  const list = Array.isArray(tokens) ? tokens : [];
  if (!Array.isArray(tokens)) report('dynamic_registration.initial_access_tokens', 'must be a list');
  const initialAccessTokens = list.flatMap((entry: unknown, index) => {
    const { token, uses = 1 } = isMapping(entry) ? entry : { token: undefined };
    const path = `dynamic_registration.initial_access_tokens[${index}]`;
    if (!isText(token) || token.length < 32) {
      report(`${path}.token`, 'must be at least 32 characters');
      return [];
    }
    if (!Number.isSafeInteger(uses) || (uses as number) < 1) {
      report(`${path}.uses`, 'must be a whole number above 0');
      return [];
    }
    return [{ token, uses: uses as number }];
  });
  return { open: open === true, initialAccessTokens };
}
