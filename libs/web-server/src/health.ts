import type { FastifyInstance } from 'fastify';

/** Something that must work for requests to be worth sending here. Throws or answers false when it doesn't. */
export type HealthCheck = () => boolean | Promise<boolean>;

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

/** `/health/live`: the process answers. `/health/ready`: every check is up and nothing is being shut down. */
export function registerHealth(
  fastify: FastifyInstance,
  checks: Readonly<Record<string, HealthCheck>>,
  isDraining: () => boolean,
): void {
  fastify.get('/health/live', (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'up' }));
  fastify.get('/health/ready', async (_request, reply) => {
    const states = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await stateOf(check)] as const),
    );
    const ready = !isDraining() && states.every(([, state]) => state === 'up');
    const status = isDraining() ? 'draining' : ready ? 'up' : 'down';
    return reply
      .status(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status, checks: Object.fromEntries(states) });
  });
}
