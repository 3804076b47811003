import { expect } from './browser.mjs';
import { address, send } from './public-site.mjs';

/** Grafana answers through the proxy, has the dashboard, and reaches its data source. */
export async function grafanaDashboard() {
  const credentials = Buffer.from(`admin:${process.env.PROBE_GRAFANA_PASSWORD}`).toString('base64');
  for (const path of ['dashboards/uid/tandem', 'datasources/uid/prometheus/health']) {
    const { status, text } = await send(`${address('grafana')}/api/${path}`, {
      headers: { authorization: `Basic ${credentials}` },
    });
    expect(`Grafana has ${path}`, status === 200, text);
  }
}
