import type { FastifyRequest } from 'fastify';
import { Cookies } from '../http/cookies.js';

/** The active sign-in's cookie, and that of the others, the latest first. */
const ACTIVE = 'tandem_session';
const OTHERS = 'tandem_accounts';
/** Readable by the check_session iframe's script; says nothing but whether a session is the same. */
const STATE = 'tandem_session_state';
const VALUE = /^[A-Za-z0-9_-]{43}$/;

/** Accounts that one browser holds at a time; who comes beyond that takes the place of the one longest unused. */
export const MOST_ACCOUNTS = 5;

/** The cookies of one browser's sign-ins: random values, of which the server keeps nothing but hashes. */
export class BrowserAccounts {
  private readonly cookies: Cookies;

  constructor(private readonly secure: boolean) {
    this.cookies = new Cookies({ secure });
  }

  /** The active sign-in's value. */
  active(request: FastifyRequest): string | undefined {
    const value = this.cookies.read(request, ACTIVE);
    return value !== undefined && VALUE.test(value) ? value : undefined;
  }

  /** The values of all sign-ins, the active one first. */
  values(request: FastifyRequest): readonly string[] {
    const others = (this.cookies.read(request, OTHERS) ?? '').split('.').filter((value) => VALUE.test(value));
    const active = this.active(request);
    return [...new Set([...(active === undefined ? [] : [active]), ...others])].slice(0, MOST_ACCOUNTS);
  }

  /** `set-cookie` headers by which the browser holds these sign-ins from now on; `states` are what the iframe compares. */
  write(values: readonly string[], states: readonly string[]): readonly string[] {
    const [active, ...others] = values;
    return [
      active === undefined ? this.cookies.clear(ACTIVE) : this.cookies.write(ACTIVE, active),
      others.length === 0 ? this.cookies.clear(OTHERS) : this.cookies.write(OTHERS, others.join('.')),
    ]
      .map((headers) => headers['set-cookie'] as string)
      .concat(this.stateCookie(states));
  }

  private stateCookie(states: readonly string[]): string {
    // In an iframe of another site's page, so it must be SameSite=None where the browser takes that: over https.
    const attributes = this.secure ? '; SameSite=None; Secure' : '; SameSite=Lax';
    return `${STATE}=${states.join('.')}; Path=/${states.length === 0 ? '; Max-Age=0' : ''}${attributes}`;
  }
}
