import type { FastifyRequest } from 'fastify';
import type { AnswerHeaders } from './answer.js';

/** How a cookie of ours is written; browsers keep it for the host alone. */
export interface CookieJarOptions {
  /** Whether the issuer is https: then cookies are `Secure` and carry the `__Host-` prefix. */
  readonly secure: boolean;
}

/** Reads and writes the provider's cookies. All are `HttpOnly`, `SameSite=Lax`, for the whole host and no other. */
export class Cookies {
  private readonly prefix: string;

  constructor(private readonly options: CookieJarOptions) {
    this.prefix = options.secure ? '__Host-' : '';
  }

  read(request: FastifyRequest, name: string): string | undefined {
    const header = request.headers.cookie;
    if (header === undefined) return undefined;
    const wanted = `${this.prefix}${name}=`;
    for (const part of header.split(';')) {
      // One space parts two cookies (RFC 6265 §4.2.1). Anything else before a name is part of it: a browser that sees no
      // `__Host-` there lets a neighbouring host set it.
      const cookie = part.startsWith(' ') ? part.slice(1) : part;
      if (cookie.startsWith(wanted)) return cookie.slice(wanted.length);
    }
    return undefined;
  }

  /** A `set-cookie` header; without a lifetime the cookie goes with the browser session. */
  write(name: string, value: string, lifetimeSeconds?: number): AnswerHeaders {
    const age = lifetimeSeconds === undefined ? '' : `; Max-Age=${lifetimeSeconds}`;
    return {
      'set-cookie': `${this.prefix}${name}=${value}; Path=/${age}; HttpOnly; SameSite=Lax${this.options.secure ? '; Secure' : ''}`,
    };
  }

  clear(name: string): AnswerHeaders {
    return this.write(name, '', 0);
  }
}
