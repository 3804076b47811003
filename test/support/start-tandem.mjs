/** Before the first spec of this project: one Tandem for all of them. Plain JavaScript, since jest does not compile it. */
import { startTandem } from '@tandem/testing';

export default async function start() {
  try {
    const tandem = await startTandem();
    globalThis.tandemUnderTest = tandem;
    const { issuer, resourceApiUrl, sampleClientUrl, managementUrls, databaseUrl, natsUrl } = tandem;
    const addresses = { issuer, resourceApiUrl, sampleClientUrl, managementUrls, databaseUrl, natsUrl };
    // Workers are started later and inherit it.
    process.env.TANDEM_UNDER_TEST = JSON.stringify(addresses);
  } catch (error) {
    // An exception here would end the whole run; the specs that need a Tandem fail with the reason instead.
    process.env.TANDEM_UNDER_TEST_PROBLEM = error instanceof Error ? error.message : String(error);
  }
}
