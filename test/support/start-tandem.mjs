/** Before the first spec of this project: one Tandem for all of them. Plain JavaScript, since jest does not compile it. */
import { demoConfiguration, freePort } from '@tandem/dev';
import { startTandem } from '@tandem/testing';

/** The demo's system, but clients may register themselves, with documents and logout addresses on this machine. */
async function options() {
  const port = await freePort();
  const config = `${demoConfiguration(`http://localhost:${port}`)}\ndynamic_registration: { open: true }\n`;
  return { config, ports: { 'sample-client': port }, env: { OUTBOUND_ALLOW: '*' } };
}

export default async function start() {
  try {
    const tandem = await startTandem(await options());
    globalThis.tandemUnderTest = tandem;
    const { issuer, resourceApiUrl, sampleClientUrl, managementUrls, databaseUrl, natsUrl, configFile } = tandem;
    const addresses = { issuer, resourceApiUrl, sampleClientUrl, managementUrls, databaseUrl, natsUrl, configFile };
    // Workers are started later and inherit it.
    process.env.TANDEM_UNDER_TEST = JSON.stringify(addresses);
  } catch (error) {
    // An exception here would end the whole run; the specs that need a Tandem fail with the reason instead.
    process.env.TANDEM_UNDER_TEST_PROBLEM = error instanceof Error ? error.message : String(error);
  }
}
