import http from 'node:http';
import { json } from 'node:stream/consumers';
import type { Options } from '../options.js';
import type { RunningServer } from '../servers/server-process.js';
import { startServer } from '../servers/server-process.js';
import type { ResourceServer } from '../servers/resource-servers.js';
import type { Target } from '../servers/targets.js';
import type { NatsConnection } from '@nats-io/transport-node';
import { guardedGet, guardedRequest } from './guarded-calls.js';
import { Connection } from './http.js';
import { RelyingParty } from './relying-party.js';
import type { Metadata } from './relying-party.js';
import { runWindow } from './window.js';
import type { Operation, Window, WindowOptions } from './window.js';
import { apiTokens, WORKLOADS } from './workloads.js';
import type { Bench, Workload } from './workloads.js';

/** A target that runs, with the operations that were prepared on it. */
export interface Subject extends Bench {
  readonly running: RunningServer;
  readonly operations: Map<string, Operation>;
}

/** A guarded API and the auth-server whose tokens it takes. */
export interface Guarded extends ResourceServer {
  readonly issuing: Subject;
}

/** All windows of a run by workload and server. */
export interface Results {
  readonly windows: Map<string, Map<string, Window[]>>;
  readonly starts: Map<string, { readonly startMs: number; readonly idleMiB: number }[]>;
  readonly notRun: string[];
}

/** After so many operations the hot code has been optimised; the later windows show whether it was enough. */
const WARM_OPERATIONS = 600;

const can = ({ workloads, hashesPasswords = false }: Target, { name, hashes = false }: Workload): boolean =>
  workloads.includes(name) && (hashesPasswords || !hashes);

const getJson = <T>(url: string): Promise<T> =>
  new Promise((resolve, reject) => {
    http
      .get(url, { agent: false }, (response) => void json(response).then((value) => resolve(value as T), reject))
      .once('error', reject);
  });

export async function openSubject(target: Target, options: Options, log: string): Promise<Subject> {
  const running = await startServer(target.server, options.serverCore, log);
  const metadata = await getJson<Metadata>(target.server.ready);
  return {
    ...{ target, running, operations: new Map(), sessions: options.sessions },
    party: new RelyingParty(metadata, await getJson(metadata.jwks_uri)),
    connections: Array.from({ length: options.users }, () => new Connection(target.origin)),
  };
}

/** Runs windows: repetition → workload → server in turn, so that a noisy minute falls on all of them. */
export class Runner {
  readonly results: Results = { windows: new Map(), starts: new Map(), notRun: [] };

  constructor(
    private readonly options: Options,
    private readonly postgres: number | undefined,
    private readonly log: string,
  ) {}

  async endpoints(subjects: readonly Subject[]): Promise<void> {
    const { repetitions, only } = this.options;
    for (let repetition = 0; repetition < repetitions; repetition++)
      for (const workload of WORKLOADS.filter(({ name }) => only.includes(name)))
        for (const subject of subjects.filter(({ target }) => can(target, workload)))
          await this.attempt(workload.title, subject.target.name, async () => {
            let operation = subject.operations.get(workload.title);
            const first = operation === undefined;
            operation ??= await workload.prepare(subject);
            subject.operations.set(workload.title, operation);
            await this.window(workload.title, subject.target.name, operation, [subject.running.pid], first);
          });
  }

  /** V, all guarded APIs in turn; the first of them is asked over NATS too. */
  async guards(servers: readonly Guarded[], nats?: NatsConnection): Promise<void> {
    const issued = new Map<Subject, readonly string[]>();
    const open = [];
    for (const { name, origin, server, issuing } of servers) {
      const tokens = issued.get(issuing) ?? (await apiTokens(issuing));
      issued.set(issuing, tokens);
      const running = await startServer(server, this.options.serverCore, this.log);
      const connections = Array.from({ length: this.options.users }, () => new Connection(origin));
      this.started(server.name, running);
      open.push({ name, running, connections, tokens, operation: guardedGet(connections, tokens) });
    }
    for (let repetition = 0; repetition < this.options.repetitions; repetition++)
      for (const { name, running, operation } of open)
        await this.attempt('V', name, () => this.window('V', name, operation, [running.pid], repetition === 0));
    const [own] = open;
    if (nats !== undefined && own !== undefined)
      for (let repetition = 0; repetition < this.options.repetitions; repetition++)
        await this.attempt('V over NATS', own.name, () =>
          this.window('V over NATS', own.name, guardedRequest(nats, own.tokens), [own.running.pid], repetition === 0),
        );
    for (const { running, connections } of open) {
      await Promise.all(connections.map((connection) => connection.close()));
      await running.stop();
    }
  }

  started(name: string, { startMs, idleMiB }: RunningServer): void {
    const list = this.results.starts.get(name) ?? [];
    this.results.starts.set(name, [...list, { startMs, idleMiB }]);
  }

  private async window(
    workload: string,
    server: string,
    operation: Operation,
    servers: readonly number[],
    first: boolean,
  ): Promise<void> {
    const { users, seconds, warmUpSeconds } = this.options;
    const options = { users, servers, ...(this.postgres === undefined ? {} : { postgres: this.postgres }) };
    if (first) await this.warmUp(operation, options, warmUpSeconds);
    else await runWindow(operation, { ...options, milliseconds: 300 });
    const window = await runWindow(operation, { ...options, milliseconds: seconds * 1_000 });
    const ofWorkload = this.results.windows.get(workload) ?? new Map<string, Window[]>();
    this.results.windows.set(workload, ofWorkload.set(server, [...(ofWorkload.get(server) ?? []), window]));
    const { serverCpu, perSecond, p50, p99, failures, firstFailure } = window;
    const told = `${perSecond.toFixed(0)}/s, p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)}, CPU ${serverCpu.toFixed(3)} ms`;
    console.error(`${workload} ${server}: ${told}${failures > 0 ? `, ${failures} FAILED: ${firstFailure}` : ''}`);
  }

  /** Slow operations need longer until their code is compiled: enough of them, within reason. */
  private async warmUp(
    operation: Operation,
    options: Omit<WindowOptions, 'milliseconds'>,
    seconds: number,
  ): Promise<void> {
    let { operations: done } = await runWindow(operation, { ...options, milliseconds: seconds * 1_000 });
    for (let second = 0; second < seconds * 2 && done < WARM_OPERATIONS; second++)
      done += (await runWindow(operation, { ...options, milliseconds: 1_000 })).operations;
  }

  /** A server that can't do a workload doesn't end the run; it is told and not asked again. */
  private async attempt(workload: string, server: string, run: () => Promise<void>): Promise<void> {
    const prefix = `${workload} ${server}: `;
    if (this.results.notRun.some((line) => line.startsWith(prefix))) return;
    try {
      await run();
    } catch (error) {
      this.results.notRun.push(`${prefix}${error instanceof Error ? error.message : String(error)}`);
      console.error(`${prefix}FAILED`, error);
    }
  }
}
