/** Before the first spec of this project: one Tandem for all of them. Plain JavaScript, since jest does not compile it. */
import { startTandem } from '@tandem/testing';

export default async function start() {
  const tandem = await startTandem();
  globalThis.tandemUnderTest = tandem;
  const { issuer, resourceApiUrl, sampleClientUrl, managementUrls, databaseUrl, natsUrl, configFile } = tandem;
  // Workers are started later and inherit it.
  process.env.TANDEM_UNDER_TEST = JSON.stringify({
    issuer,
    resourceApiUrl,
    sampleClientUrl,
    managementUrls,
    databaseUrl,
    natsUrl,
    configFile,
  });
}
