import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const TICK_MS = 10;

interface Entry {
  readonly parent: number;
  readonly cpuMs: number;
  /** Of children that have ended. */
  readonly endedMs: number;
}

function entryOf(pid: number | string): Entry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = (first: number): number => (Number(fields[first]) + Number(fields[first + 1])) * TICK_MS;
    return { parent: Number(fields[1]), cpuMs: ticks(11), endedMs: ticks(13) };
  } catch {
    return undefined;
  }
}

/** A process and everything below it, with what each has used. */
function tree(root: number): ReadonlyMap<number, Entry> {
  const all = new Map<number, Entry>();
  for (const name of readdirSync('/proc')) {
    const entry = /^\d+$/.test(name) ? entryOf(name) : undefined;
    if (entry !== undefined) all.set(Number(name), entry);
  }
  const found = new Map<number, Entry>();
  const visit = (pid: number): void => {
    const entry = all.get(pid);
    if (entry === undefined) return;
    found.set(pid, entry);
    for (const [child, { parent }] of all) if (parent === pid) visit(child);
  };
  visit(root);
  return found;
}

export const pidsOf = (root: number): readonly number[] => [...tree(root).keys()];

/** Nanosecond accounting of every thread where the kernel has it: ticks are too coarse for short windows. */
function scheduledMs(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
      const [nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
      return sum + Number(nanoseconds) / 1e6;
    }, 0);
  } catch {
    return 0;
  }
}

/** CPU milliseconds that a process and its descendants have used so far; the finer of the two accounts. */
export function cpuMsOf(root: number | undefined): number {
  if (root === undefined) return Number.NaN;
  let sum = 0;
  for (const [pid, { cpuMs, endedMs }] of tree(root)) sum += (scheduledMs(pid) || cpuMs) + endedMs;
  return sum;
}

/** Resident memory of a process and its descendants, MiB. */
export function residentMiB(root: number): number {
  let kilobytes = 0;
  for (const pid of pidsOf(root)) {
    try {
      kilobytes += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It has ended.
    }
  }
  return kilobytes / 1_024;
}

/** The process that listens on a port of this machine, the topmost one: PostgreSQL's postmaster. */
export function listenerOn(port: number): number | undefined {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === '0A')
      .map((fields) => `socket:[${fields[9]}]`),
  );
  return holdersOf(inodes).sort((a, b) => a - b)[0];
}

function holdersOf(sockets: readonly string[]): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readdirSync(`/proc/${pid}/fd`).some((fd) => sockets.includes(linkOf(`/proc/${pid}/fd/${fd}`)));
      } catch {
        return false;
      }
    })
    .map(Number);
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
