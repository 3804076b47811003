/** The profile "observability", read from its files: what they name exists on the other side. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test as nodeTest } from 'node:test';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { parse } from 'yaml';

/** The runner waits for its tests by itself. */
const test = (name, body) => void nodeTest(name, body);
const root = new URL('../../', import.meta.url);
const read = (name) => readFileSync(new URL(name, root), 'utf8');
const { services } = parse(read('docker-compose.yml'), { merge: true });
const observability = (name) => parse(read(`deploy/observability/${name}`));
const prometheus = observability('prometheus.yml');
const collector = observability('otel-collector.yml');
const dashboard = observability('grafana/dashboards/tandem.json');
const alerts = observability('alerts.yml').groups.flatMap(({ rules }) => rules);

const mountedAt = (service, target) =>
  services[service].volumes.map((mount) => mount.split(':')).find(([, place]) => place === target)?.[0];

const isMeasured = (name) => {
  const { networks = [] } = services[name];
  return (Array.isArray(networks) ? networks : Object.keys(networks)).includes('metrics');
};

/** A metric's name is what stands before a selector, a range, a comparison or the end, and is no function. */
const metricsOf = (expr) =>
  [...expr.replaceAll(/"[^"]*"|\b(by|on) \([^)]*\)/g, '').matchAll(/\b([a-z][a-z0-9_]*)\b(?! *\(| *[=!]?[=~])/g)]
    .map(([, name]) => name)
    .filter((name) => name !== 'or');

async function knownMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const defaults = (await registry.getMetricsAsJSON()).map(({ name }) => name);
  const sources = ['apps/auth-server/src', 'libs/web-server/src'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => read(`${folder}/${name}`)),
  );
  const own = sources.flatMap((text) => [...text.matchAll(/'([a-z]+_[a-z_]+)'/g)].map(([, name]) => name));
  return new Set(['up', ...defaults, ...own]);
}

test('finds every target of Prometheus on the network that is for it, and leaves no application out', () => {
  const targets = prometheus.scrape_configs.flatMap(({ static_configs: groups }) =>
    groups.flatMap((one) => one.targets),
  );
  const hosts = targets.map((target) => target.split(':')[0]).filter((host) => host !== 'localhost');
  const measured = Object.keys(services).filter(
    (name) => isMeasured(name) && !['prometheus', 'grafana'].includes(name),
  );
  assert.deepEqual(hosts.toSorted(), measured.toSorted());
});

test('finds every metric that the dashboard and the alerts ask for', async () => {
  const known = await knownMetrics();
  const asked = [
    ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...alerts.map(({ expr }) => expr),
  ].flatMap(metricsOf);
  assert.ok(asked.length > 20, `the metrics were found: ${asked.length}`);
  assert.deepEqual(
    asked.filter((name) => !known.has(name.replace(/_bucket$/, ''))),
    [],
  );
});

test('accepts alerts that say how bad they are and what happened', () => {
  for (const { alert, labels, annotations } of alerts) {
    assert.match(labels.severity, /^(warning|critical)$/, alert);
    assert.ok(annotations.summary, alert);
  }
  for (const file of prometheus.rule_files) assert.ok(mountedAt('prometheus', file), file);
});

test('gives Grafana the dashboard and the data source that it names', () => {
  const { datasources } = observability('grafana/provisioning/datasources/prometheus.yml');
  const { providers } = observability('grafana/provisioning/dashboards/tandem.yml');
  const named = [...JSON.stringify(dashboard).matchAll(/"datasource":\{"type":"([^"]+)","uid":"([^"]+)"/g)];
  assert.ok(named.length > 10, 'data sources were found');
  for (const [, type, uid] of named)
    assert.ok(
      datasources.some((one) => one.type === type && one.uid === uid),
      uid,
    );
  for (const { url } of datasources) assert.ok(new URL(url).hostname in services, url);
  for (const { options } of providers) assert.ok(mountedAt('grafana', options.path), options.path);
});

test('gives the collector all that its configuration asks for, and nothing idle', () => {
  const { environment } = services['otel-collector'];
  for (const [, name] of read('deploy/observability/otel-collector.yml').matchAll(/\$\{env:([A-Z_]+)\}/g))
    assert.ok(name in environment, name);
  const { pipelines } = collector.service;
  const { receivers, processors } = pipelines.traces;
  assert.deepEqual(receivers, Object.keys(collector.receivers));
  assert.deepEqual(processors, Object.keys(collector.processors));
  const exporters = [...environment.TRACES_EXPORTERS.matchAll(/\b[a-z]+(_[a-z]+)*/g)].map(([name]) => name);
  assert.deepEqual(exporters, Object.keys(collector.exporters));
});
