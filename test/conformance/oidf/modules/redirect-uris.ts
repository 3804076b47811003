import { RP_ORIGIN } from '../relying-party/client.js';
import { randomText } from '../relying-party/random-text.js';
import type { Module, Modules } from './module.js';
import { refusedRegistration } from './registration.js';

const newAddress = (query = ''): string => `${RP_ORIGIN}/${randomText(12)}/callback${query}`;

const registeredOnly: Module = async (run) => {
  await run.failOnPage(run.request(await run.register(), { redirect_uri: newAddress() }));
};

const missing: Module = async (run) => {
  const client = await run.register({ redirect_uris: [newAddress(), newAddress()] });
  await run.failOnPage(run.request(client, { redirect_uri: undefined }));
};

const queryOk: Module = async (run) => {
  await run.signIn(await run.register({ redirect_uris: [newAddress('?foo=bar')] }));
};

const queryMismatch: Module = async (run) => {
  const client = await run.register({ redirect_uris: [newAddress('?foo=bar')] });
  await run.failOnPage(run.request(client, { redirect_uri: client.redirectUri.replace('foo=bar', 'bar=foo') }));
};

const queryAdded: Module = async (run) => {
  const client = await run.register();
  await run.failOnPage(run.request(client, { redirect_uri: `${client.redirectUri}?foo=bar` }));
};

const fragment: Module = async (run) => {
  const error = await refusedRegistration(run, { redirect_uris: [newAddress('#fragment')] });
  expect(['invalid_redirect_uri', 'invalid_client_metadata']).toContain(error);
};

export const REDIRECT_URI_MODULES: Modules = {
  'oidcc-ensure-registered-redirect-uri': registeredOnly,
  'oidcc-ensure-redirect-uri-in-authorization-request': missing,
  'oidcc-redirect-uri-query-OK': queryOk,
  'oidcc-redirect-uri-query-mismatch': queryMismatch,
  'oidcc-redirect-uri-query-added': queryAdded,
  'oidcc-redirect-uri-regfrag': fragment,
};
