import type { FlowChoice } from './flow/flow.js';

/** A value that can be chosen, with what it means. */
export interface Choice {
  readonly value: string;
  readonly meaning: string;
}

/** What may come back through the browser; the first is the default. */
export const RESPONSE_TYPES: readonly Choice[] = [
  { value: 'code id_token', meaning: 'The user is known at once; tokens for the API come later, server to server.' },
  { value: 'code token', meaning: 'An access token at once; who the user is comes later.' },
  { value: 'code id_token token', meaning: 'Both at once.' },
  { value: 'code', meaning: 'Only the code: not hybrid, for comparison.' },
];

/** How it may come back; the first is the default. */
export const RESPONSE_MODES: readonly Choice[] = [
  { value: 'form_post', meaning: 'In the body of a POST: in no address, no history, no log.' },
  { value: 'fragment', meaning: 'Behind the # of the address; a small script hands it to the application.' },
  { value: 'query', meaning: 'In the address itself; only for a code alone.' },
];

/** Reads the first page's form; what isn't on offer, or doesn't go together, becomes the default. */
export function readChoice(form: URLSearchParams): FlowChoice {
  const pick = (name: string, choices: readonly Choice[]): string =>
    (choices.find(({ value }) => value === form.get(name)) ?? (choices[0] as Choice)).value;
  const responseType = pick('response_type', RESPONSE_TYPES);
  const responseMode = pick('response_mode', RESPONSE_MODES);
  return {
    responseType,
    // Tokens in a query are refused by the provider (OAuth 2.0 Multiple Response Types §3).
    responseMode: responseMode === 'query' && responseType !== 'code' ? 'form_post' : responseMode,
    credential: form.get('credential') === 'private-key' ? 'private-key' : 'secret',
  };
}
