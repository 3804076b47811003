import type { FastifyInstance } from 'fastify';

/** Something that must work for requests to be worth sending here. Throws or answers false when it doesn't. */
export type HealthCheck = () => boolean | Promise<boolean>;
export type HealthChecks = Readonly<Record<string, HealthCheck>>;

/** Whether requests are worth sending, with the state of each check. */
export interface Readiness {
  readonly status: 'up' | 'down' | 'draining';
  readonly checks: Readonly<Record<string, 'up' | 'down'>>;
}

const PATIENCE_MILLISECONDS = 1_000;

async function stateOf(check: HealthCheck): Promise<'up' | 'down'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MILLISECONDS);
  });
  try {
    return (await Promise.race([check(), late])) ? 'up' : 'down';
  } catch {
    return 'down';
  } finally {
    clearTimeout(timer);
  }
}

/** Asks every check at once; one that takes longer than a second is down. */
export async function readiness(checks: HealthChecks, isDraining: boolean): Promise<Readiness> {
  const states = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await stateOf(check)] as const),
  );
  const isUp = states.every(([, state]) => state === 'up');
  return { status: isDraining ? 'draining' : isUp ? 'up' : 'down', checks: Object.fromEntries(states) };
}

/** `/health/live`: the process answers. `/health/ready`: every check is up and nothing is being shut down. */
export function registerHealth(fastify: FastifyInstance, checks: HealthChecks, isDraining: () => boolean): void {
  fastify.get('/health/live', (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'up' }));
  fastify.get('/health/ready', async (_request, reply) => {
    const state = await readiness(checks, isDraining());
    if (state.status !== 'up') void reply.header('retry-after', '1');
    return reply
      .status(state.status === 'up' ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(state);
  });
}
