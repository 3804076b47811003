/** Runs inside the deployment, beside Prometheus: waits until it scrapes everything and can answer every query in QUERIES. */
import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 120_000;
const ask = async (path, parameters = {}) => {
  const answer = await fetch(`http://prometheus:9090/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const { data, error } = await answer.json();
  if (!answer.ok) throw new Error(`${JSON.stringify(parameters)}: ${error}`);
  return data;
};

async function lacks() {
  const { activeTargets } = await ask('targets', { state: 'active' });
  const away = activeTargets
    .filter(({ health }) => health !== 'up')
    .map(({ scrapeUrl, lastError }) => `${scrapeUrl} ${lastError}`);
  const { groups } = await ask('rules');
  const rules = groups.flatMap((group) => group.rules);
  const sick = rules.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => `${name} ${lastError}`);
  const queries = JSON.parse(process.env.QUERIES);
  const empty = [];
  for (const query of queries) if ((await ask('query', { query })).result.length === 0) empty.push(query);
  return {
    lacking: [...away, ...sick, ...empty],
    seen: { targets: activeTargets.length, rules: rules.length, queries: queries.length },
  };
}

const deadline = Date.now() + PATIENCE_MS;
for (;;) {
  const { lacking, seen } = await lacks();
  if (lacking.length === 0 && seen.targets > 0 && seen.rules > 0) {
    console.log(JSON.stringify(seen));
    break;
  }
  if (Date.now() > deadline) throw new Error(`Prometheus lacks: ${lacking.join('\n')}`);
  await pause(2_000);
}
