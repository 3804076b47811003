import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { webAuthnHelpers } from './web-authn.js';

/** Bound of credential ids (WebAuthn §7.1: 1023 bytes), in base64url. */
const LONGEST_ID = 1_364;
const BASE64URL = /^[A-Za-z0-9_-]+$/;
const TRANSPORT = /^[a-z-]{1,20}$/;
const MOST_TRANSPORTS = 8;

type Members = Readonly<Record<string, unknown>>;

/** A browser's answer whose members have the types that they must have, and the challenge that it says it answers. */
export interface PresentedCredential<Response> {
  readonly response: Response;
  readonly challenge: string;
}

/** The answer of `navigator.credentials.get()`, as `toJSON()` writes it; undefined when it is anything else. */
export function readAssertion(text: string): Promise<PresentedCredential<AuthenticationResponseJSON> | undefined> {
  return read(text, ({ id, response }) => {
    const { clientDataJSON, authenticatorData, signature, userHandle } = response;
    if (!isEncoded(clientDataJSON) || !isEncoded(authenticatorData) || !isEncoded(signature) || !isEncoded(userHandle))
      return undefined;
    return {
      ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {} },
      response: { clientDataJSON, authenticatorData, signature, userHandle },
    };
  });
}

/** The answer of `navigator.credentials.create()`; undefined when it is anything else. */
export function readAttestation(text: string): Promise<PresentedCredential<RegistrationResponseJSON> | undefined> {
  return read(text, async ({ id, response }) => {
    const { clientDataJSON, attestationObject, transports } = response;
    if (!isEncoded(clientDataJSON) || !isEncoded(attestationObject) || (await bringsCertificates(attestationObject)))
      return undefined;
    return {
      ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {} },
      response: { clientDataJSON, attestationObject, transports: transportsIn(transports) },
    };
  });
}

async function read<Response extends AuthenticationResponseJSON | RegistrationResponseJSON>(
  text: string,
  responseOf: (credential: {
    readonly id: string;
    readonly response: Members;
  }) => Response | undefined | Promise<Response | undefined>,
): Promise<PresentedCredential<Response> | undefined> {
  try {
    const value: unknown = JSON.parse(text);
    if (!isMembers(value)) return undefined;
    const { id, rawId, type, response: inner } = value;
    if (!isEncoded(id) || id.length > LONGEST_ID || id !== rawId || type !== 'public-key' || !isMembers(inner))
      return undefined;
    const response = await responseOf({ id, response: inner });
    if (response === undefined) return undefined;
    const { decodeClientDataJSON } = await webAuthnHelpers();
    const { challenge, crossOrigin } = decodeClientDataJSON(response.response.clientDataJSON);
    // Our pages stand in no other page's frame, so an answer from within one was not given to them.
    return typeof challenge === 'string' && crossOrigin !== true ? { response, challenge } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * We ask for no attestation, so at most a key signs for itself. Certificates are not even looked at: to check them the
 * verifier would fetch revocation lists from addresses that the sender has chosen.
 */
async function bringsCertificates(attestationObject: string): Promise<boolean> {
  const { decodeAttestationObject } = await webAuthnHelpers();
  const attestation = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')));
  const format = attestation.get('fmt');
  return format !== 'none' && (format !== 'packed' || attestation.get('attStmt').get('x5c') !== undefined);
}

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null;
const isEncoded = (value: unknown): value is string => typeof value === 'string' && BASE64URL.test(value);

/** Hints only: what is no name of a transport is left out. */
const transportsIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [])
    .filter((name): name is string => typeof name === 'string' && TRANSPORT.test(name))
    .slice(0, MOST_TRANSPORTS);
