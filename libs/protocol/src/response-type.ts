import { words } from './words.js';

/** Parts of an authorization response in the order in which they are issued: the ID token binds the hashes of the others. */
export const RESPONSE_PARTS = ['code', 'token', 'id_token'] as const;
export type ResponsePart = (typeof RESPONSE_PARTS)[number];

/** The combinations that OAuth 2.0 Multiple Response Types §3, §5 close, in our canonical word order. */
export const RESPONSE_TYPES = [
  'code',
  'code id_token',
  'code token',
  'code id_token token',
  'id_token',
  'id_token token',
  'token',
] as const;
export type ResponseType = (typeof RESPONSE_TYPES)[number];

/** The response type that the words name in any order, or undefined. */
export function readResponseType(text: string): ResponseType | undefined {
  const given = words(text);
  return RESPONSE_TYPES.find((known) => {
    const parts = known.split(' ');
    return parts.length === given.length && parts.every((part) => given.includes(part));
  });
}

export const partsOf = (responseType: ResponseType): readonly ResponsePart[] =>
  RESPONSE_PARTS.filter((part) => responseType.split(' ').includes(part));

/** Codes alone may travel in the query; everything with a token goes into the fragment (Multiple Response Types §3, §5). */
export const defaultResponseMode = (responseType: ResponseType): 'query' | 'fragment' =>
  responseType === 'code' ? 'query' : 'fragment';
