import type { RevocationEntry } from '@tandem/contracts';

/** What of a token decides whether it is revoked. */
export interface RevocableToken {
  readonly jti: string;
  readonly grantId?: string;
  readonly sid?: string;
  readonly userId?: string;
  readonly clientId: string;
  readonly scope: readonly string[];
  readonly issuedAt: number;
}

interface Dead {
  readonly until: number;
}
interface DeadBefore extends Dead {
  readonly notBefore: number;
}
interface DeadScope extends DeadBefore {
  readonly scope: ReadonlySet<string>;
}

/** More than this means that something is wrong: then the auth-server is asked instead of forgetting entries. */
const MAXIMUM_ENTRIES = 200_000;

/**
 * What is dead and whose tokens may still be around. Adding is a union and instants only grow, so the order of events
 * and their repetition change nothing; nothing ever comes back to life.
 */
export class RevocationList {
  private readonly ids = {
    jti: new Map<string, Dead>(),
    grant: new Map<string, Dead>(),
    session: new Map<string, Dead>(),
  };
  private readonly before = { user: new Map<string, DeadBefore>(), client: new Map<string, DeadBefore>() };
  private readonly scopes = new Map<string, DeadScope>();
  /** Until when something that found no room may matter. */
  private leftOutUntil = 0;

  constructor(private readonly maximumEntries = MAXIMUM_ENTRIES) {}

  get size(): number {
    const { jti, grant, session } = this.ids;
    return jti.size + grant.size + session.size + this.before.user.size + this.before.client.size + this.scopes.size;
  }

  /** Whether everything that was ever noted and can still matter is on the list. */
  isComplete(now: number): boolean {
    return this.leftOutUntil < now;
  }

  /** Notes an entry. One that finds no room is left out, and then the list is incomplete for as long as it would matter. */
  add(entry: RevocationEntry): void {
    if (this.size >= this.maximumEntries && !this.knows(entry)) {
      this.leftOutUntil = Math.max(this.leftOutUntil, entry.until);
      return;
    }
    switch (entry.kind) {
      case 'jti':
      case 'grant':
      case 'session': {
        const known = this.ids[entry.kind].get(entry.id);
        this.ids[entry.kind].set(entry.id, { until: Math.max(entry.until, known?.until ?? 0) });
        break;
      }
      case 'user':
      case 'client': {
        const known = this.before[entry.kind].get(entry.id);
        this.before[entry.kind].set(entry.id, {
          until: Math.max(entry.until, known?.until ?? 0),
          notBefore: Math.max(entry.notBefore, known?.notBefore ?? 0),
        });
        break;
      }
      case 'grant-scope': {
        const known = this.scopes.get(entry.id);
        this.scopes.set(entry.id, {
          until: Math.max(entry.until, known?.until ?? 0),
          notBefore: Math.max(entry.notBefore, known?.notBefore ?? 0),
          scope: new Set([...(known?.scope ?? []), ...entry.scope]),
        });
        break;
      }
    }
  }

  isRevoked({ jti, grantId, sid, userId, clientId, scope, issuedAt }: RevocableToken): boolean {
    const { ids, before, scopes } = this;
    if (ids.jti.has(jti)) return true;
    if (grantId !== undefined && ids.grant.has(grantId)) return true;
    if (sid !== undefined && ids.session.has(sid)) return true;
    if (userId !== undefined && issuedAt <= (before.user.get(userId)?.notBefore ?? -1)) return true;
    if (issuedAt <= (before.client.get(clientId)?.notBefore ?? -1)) return true;
    const withdrawn = grantId === undefined ? undefined : scopes.get(grantId);
    return (
      withdrawn !== undefined && issuedAt <= withdrawn.notBefore && scope.some((word) => withdrawn.scope.has(word))
    );
  }

  private knows({ kind, id }: RevocationEntry): boolean {
    if (kind === 'grant-scope') return this.scopes.has(id);
    return kind === 'user' || kind === 'client' ? this.before[kind].has(id) : this.ids[kind].has(id);
  }

  /** Drops entries that no living token can match any more. */
  forget(now: number): void {
    for (const map of [
      this.ids.jti,
      this.ids.grant,
      this.ids.session,
      this.before.user,
      this.before.client,
      this.scopes,
    ] as Map<string, Dead>[]) {
      for (const [id, { until }] of map) if (until < now) map.delete(id);
    }
  }
}
