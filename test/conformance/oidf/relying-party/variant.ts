export const RESPONSE_TYPES = [
  'code',
  'code id_token',
  'code token',
  'code id_token token',
  'id_token',
  'id_token token',
] as const;
export type ResponseType = (typeof RESPONSE_TYPES)[number];
export type ResponseMode = 'default' | 'form_post';
export type Registration = 'dynamic' | 'static';
export type ClientAuthentication = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';

/** How a module is run: the suite calls this its variant. */
export interface Variant {
  readonly responseType: ResponseType;
  readonly responseMode: ResponseMode;
  readonly clientAuthentication: ClientAuthentication;
  /** Whether clients register themselves for each module, or were declared beforehand. */
  readonly registration: Registration;
}

/** Whether a response type brings a part from the authorization endpoint. */
export const brings = (responseType: ResponseType, part: 'code' | 'token' | 'id_token'): boolean =>
  responseType.split(' ').includes(part);

/** Where a response has to arrive. */
export type Place = 'query' | 'fragment' | 'form';

export function placeOf({ responseType, responseMode }: Variant): Place {
  if (responseMode === 'form_post') return 'form';
  return responseType === 'code' ? 'query' : 'fragment';
}
