/**
 * Nothing is advertised that nothing uses: every member of the discovery document has an exercise here that uses all of its
 * values, or stands in the table of what other specs show. Whoever adds a value adds what uses it.
 */
import { readFileSync } from 'node:fs';
import { inProject } from '@tandem/dev';
import { CLIENT_EXERCISES } from './discovery/clients.js';
import { GRANT_MANAGEMENT_EXERCISES } from './discovery/grant-management.js';
import { REQUEST_EXERCISES } from './discovery/requests.js';
import { discover } from './oidf/relying-party/provider.js';

const EXERCISES = { ...REQUEST_EXERCISES, ...CLIENT_EXERCISES, ...GRANT_MANAGEMENT_EXERCISES };

const CLIENT_ALGORITHMS = 'test/conformance/client-algorithms.spec.ts';
const SERVER_ALGORITHMS = 'test/conformance/advertised-algorithms.spec.ts';
const RESPONSES = 'test/conformance/oidf/relying-party/authorization-response.ts';
const MODULES = 'test/conformance/oidf/modules';

/** Where the member's values are used, all of them; the file names the member. */
const SHOWN_ELSEWHERE: Readonly<Record<string, string>> = {
  token_endpoint_auth_signing_alg_values_supported: CLIENT_ALGORITHMS,
  introspection_endpoint_auth_signing_alg_values_supported: CLIENT_ALGORITHMS,
  revocation_endpoint_auth_signing_alg_values_supported: CLIENT_ALGORITHMS,
  request_object_signing_alg_values_supported: CLIENT_ALGORITHMS,
  id_token_signing_alg_values_supported: SERVER_ALGORITHMS,
  id_token_encryption_alg_values_supported: SERVER_ALGORITHMS,
  id_token_encryption_enc_values_supported: SERVER_ALGORITHMS,
  userinfo_signing_alg_values_supported: SERVER_ALGORITHMS,
  userinfo_encryption_alg_values_supported: SERVER_ALGORITHMS,
  userinfo_encryption_enc_values_supported: SERVER_ALGORITHMS,
  introspection_signing_alg_values_supported: SERVER_ALGORITHMS,
};

/** What a flag or a list of one word promises, and the text in the file that shows it. */
const PROMISES: Readonly<Record<string, readonly [value: unknown, file: string, text: string]>> = {
  claim_types_supported: [['normal'], 'test/conformance/oidf/relying-party/claim-types.ts', '_claim_names'],
  claims_parameter_supported: [true, `${MODULES}/requests.ts`, 'oidcc-claims-essential'],
  request_parameter_supported: [true, `${MODULES}/request-objects.ts`, 'oidcc-unsigned-request-object'],
  request_uri_parameter_supported: [true, `${MODULES}/request-objects.ts`, 'oidcc-request-uri-signed-rs256'],
  require_request_uri_registration: [true, 'test/conformance/request-uris.spec.ts', 'not registered'],
  authorization_response_iss_parameter_supported: [true, RESPONSES, 'RFC 9207'],
  frontchannel_logout_supported: [true, `${MODULES}/logout-notifications.ts`, 'frontchannel'],
  frontchannel_logout_session_supported: [true, `${MODULES}/logout-notifications.ts`, 'frontchannel'],
  backchannel_logout_supported: [true, `${MODULES}/logout-notifications.ts`, 'backchannel'],
  backchannel_logout_session_supported: [true, `${MODULES}/logout-notifications.ts`, 'backchannel'],
};

const isAddress = (name: string): boolean => /(_endpoint|_uri|_iframe)$|^issuer$/.test(name);
const isList = (value: unknown): value is readonly string[] => Array.isArray(value);

describe('the discovery document', () => {
  let metadata: Readonly<Record<string, unknown>>;
  beforeAll(async () => {
    ({ metadata } = await discover());
  });

  it('tells nothing that has no test', () => {
    const known = [...Object.keys(EXERCISES), ...Object.keys(SHOWN_ELSEWHERE), ...Object.keys(PROMISES)];
    expect(Object.keys(metadata).filter((name) => !isAddress(name) && !known.includes(name))).toEqual([]);
    // And no test outlives what it shows.
    expect(known.filter((name) => !(name in metadata))).toEqual([]);
  });

  it.each(Object.keys(EXERCISES))('tells only what works: %s', async (name) => {
    const values = metadata[name];
    expect(isList(values) && values.length > 0).toBe(true);
    await EXERCISES[name]?.(values as readonly string[]);
  });

  it.each(Object.entries(SHOWN_ELSEWHERE))('has every value of %s used by %s', (name, file) => {
    expect(readFileSync(inProject(file), 'utf8')).toContain(`'${name}'`);
  });

  it.each(Object.entries(PROMISES))('keeps what %s promises', (name, [value, file, text]) => {
    expect(metadata[name]).toEqual(value);
    expect(readFileSync(inProject(file), 'utf8')).toContain(text);
  });

  it('has something at each of its addresses', async () => {
    for (const [name, address] of Object.entries(metadata).filter(
      ([member]) => isAddress(member) && member !== 'issuer',
    )) {
      // Some are there for a GET, some for a POST.
      const answers = await Promise.all(
        ['GET', 'POST'].map((method) => fetch(address as string, { method, redirect: 'manual' })),
      );
      expect({ name, there: answers.some(({ status }) => status < 500 && ![404, 405].includes(status)) }).toEqual({
        name,
        there: true,
      });
    }
  });
});
