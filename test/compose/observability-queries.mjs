/**
 * Prints what the dashboard and the alerts ask Prometheus, as JSON: a list of queries that must have an answer in a running
 * deployment. An alert's threshold and the narrowing to errors are left out, since a healthy deployment meets neither.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const read = (name) => readFileSync(new URL(`../../deploy/observability/${name}`, import.meta.url), 'utf8');

const { panels } = JSON.parse(read('grafana/dashboards/tandem.json'));
const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
const watched = parse(read('alerts.yml')).groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
const queries = [...shown, ...watched.map((expr) => expr.replace(/ (==|>|<) [\d.]+$/, ''))];
console.log(
  JSON.stringify(queries.map((expr) => expr.replaceAll('$job', '.+').replaceAll(/status=~"\d\.\."/g, 'status=~".+"'))),
);
