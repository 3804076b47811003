import type { FastifyInstance, HTTPMethods } from 'fastify';
import { refuse } from './refusal.js';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

/** Remembers which methods each address takes; the others are then answered by 405 and `Allow` (RFC 9110 §15.5.6). */
export class MethodTable {
  private readonly taken = new Map<string, Set<string>>();

  constructor(private readonly fastify: FastifyInstance) {
    fastify.addHook('onRoute', ({ url, method }) => {
      const methods = this.taken.get(url) ?? new Set<string>();
      for (const one of [method].flat()) methods.add(one);
      this.taken.set(url, methods);
    });
  }

  /** To be called when every route is there and before the server listens. */
  refuseOthers(): void {
    for (const [url, taken] of [...this.taken]) {
      if (url.includes('*')) continue;
      const missing = METHODS.filter((method) => !taken.has(method));
      const allow = [...taken].join(', ');
      if (missing.length === 0) continue;
      this.fastify.route({
        method: [...missing],
        url,
        handler: (_request, reply) => refuse(reply.header('allow', allow), 405),
      });
    }
  }
}
