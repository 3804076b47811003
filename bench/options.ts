import { parseArgs } from 'node:util';
import type { WorkloadName } from './servers/targets.js';

export interface Options {
  readonly only: readonly WorkloadName[];
  readonly users: number;
  readonly sessions: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly repetitions: number;
  readonly starts: number;
  readonly serverCore: number | undefined;
  readonly generatorCore: number | undefined;
  readonly json: string | undefined;
  readonly scale: boolean;
  readonly scaleFactor: number;
}

const NAMES: readonly WorkloadName[] = ['H', 'F', 'R', 'C', 'I', 'U', 'D', 'V'];

export const USAGE = `usage: npm run bench -- [options]
  --only H,V       workloads: H hybrid round, F sign-in from a clean cookie jar, R refresh, C client_credentials,
                   I introspection, U userinfo, D discovery and JWKS, V guarded GET; default all
  --quick          short windows: a look in under three minutes, not a measurement
  --scale          H, R and V again on millions of rows and with two processes (--scale-factor 0.1 for a tenth)
  --json FILE      every window as JSON, but not of --scale
  --seconds N --warm-up N --repetitions N --users N --sessions N --starts N
  --no-pin         let the system choose the cores`;

export function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: {
      ...{ only: text, json: text, seconds: text, 'warm-up': text, repetitions: text, users: text, sessions: text },
      ...{ starts: text, 'scale-factor': text, quick: flag, scale: flag, 'no-pin': flag },
    },
  });
  const { quick } = values;
  const number = (name: 'seconds' | 'warm-up' | 'repetitions' | 'users' | 'sessions' | 'starts', usual: number) =>
    Number(values[name] ?? usual);
  const only = values.only?.split(',') as WorkloadName[] | undefined;
  const unknown = only?.filter((name) => !NAMES.includes(name)) ?? [];
  if (unknown.length > 0) throw new Error(`there is no workload ${unknown.join(', ')}\n${USAGE}`);
  return {
    only: only ?? NAMES,
    users: number('users', 8),
    sessions: number('sessions', quick ? 8 : 32),
    seconds: number('seconds', quick ? 1.2 : 4),
    warmUpSeconds: number('warm-up', quick ? 1 : 3),
    repetitions: number('repetitions', quick ? 2 : 5),
    starts: number('starts', quick ? 1 : 5),
    serverCore: values['no-pin'] ? undefined : 0,
    generatorCore: values['no-pin'] ? undefined : 1,
    json: values.json,
    scale: values.scale,
    scaleFactor: Number(values['scale-factor'] ?? 1),
  };
}
