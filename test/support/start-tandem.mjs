/** Before the first spec of this project: one Tandem for all of them. Plain JavaScript, since jest does not compile it. */
import { demoConfiguration, freePort } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import { parseDocument } from 'yaml';
import { conformanceClients } from './conformance-clients.mjs';

/**
 * The demo's system, but clients may register themselves, with documents and logout addresses on this machine, and those
 * of the conformance plans are declared beside the demo's.
 */
async function options() {
  const [issuerPort, port, relyingPartyPort] = [await freePort(), await freePort(), await freePort()];
  const clients = conformanceClients({
    siteOrigin: `http://localhost:${relyingPartyPort}`,
    audiences: ['https://api.tandem.example/', `http://localhost:${issuerPort}/grants`],
  });
  const demo = parseDocument(demoConfiguration(`http://localhost:${port}`));
  for (const client of clients) demo.addIn(['clients'], client);
  demo.setIn(['users', 0, 'claims', 'name#ja-Kana-JP'], 'アリス');
  demo.set('dynamic_registration', { open: true });
  const ports = { 'auth-server': issuerPort, 'sample-client': port };
  const tandem = { config: demo.toString(), ports, env: { OUTBOUND_ALLOW: '*' } };
  return { tandem, conformance: { clients, relyingPartyPort } };
}

export default async function start() {
  try {
    const { tandem: wanted, conformance } = await options();
    const tandem = await startTandem(wanted);
    globalThis.tandemUnderTest = tandem;
    const { issuer, resourceApiUrl, sampleClientUrl, managementUrls, databaseUrl, natsUrl, configFile } = tandem;
    const addresses = { issuer, resourceApiUrl, sampleClientUrl, managementUrls, databaseUrl, natsUrl, configFile };
    // Workers are started later and inherit it.
    process.env.TANDEM_UNDER_TEST = JSON.stringify({ ...addresses, conformance });
  } catch (error) {
    // An exception here would end the whole run; the specs that need a Tandem fail with the reason instead.
    process.env.TANDEM_UNDER_TEST_PROBLEM = error instanceof Error ? error.message : String(error);
  }
}
