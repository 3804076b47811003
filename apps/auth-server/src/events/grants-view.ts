import type { AnyDomainEvent, GrantChanged, GrantEvent, GrantIssued } from '@tandem/contracts';

/** What a grant is about; the newest version counts. */
export interface GrantContents {
  readonly sid: string;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly expiresAt: number;
}

/** A grant as the events tell it. Without `owner` its issuing is older than the events; without `contents` so are all of them. */
export interface ViewedGrant {
  readonly owner?: { readonly userId: string; readonly clientId: string };
  readonly contents?: GrantContents;
  readonly version: number;
  readonly ended: boolean;
}

const UNKNOWN: ViewedGrant = { version: 0, ended: false };

function contentsOf(event: GrantIssued | GrantChanged): GrantContents | undefined {
  const { sid, scope, audience, expiresAt } = event;
  if (sid === undefined || audience === undefined || expiresAt === undefined) return undefined;
  return { sid, scope, audience, expiresAt };
}

/**
 * The grants as the events alone tell them. Order and repetition of events change nothing: of contents the newest version
 * stays, and an end is an end.
 */
export class GrantsView {
  private readonly grants = new Map<string, ViewedGrant>();
  /** When the oldest issuing that is told happened; infinite when none is. */
  since = Number.POSITIVE_INFINITY;

  /** Events that are not about a grant change nothing. */
  take(event: AnyDomainEvent | GrantEvent): void {
    if (event.type === 'grant.issued') {
      this.since = Math.min(this.since, event.at);
      const { userId, clientId } = event;
      this.grants.set(event.grantId, { ...this.newest(event), owner: { userId, clientId } });
    } else if (event.type === 'grant.changed') {
      this.grants.set(event.grantId, this.newest(event));
    } else if (event.type === 'grant.revoked' || event.type === 'grant.ended') {
      this.grants.set(event.grantId, { ...this.of(event.grantId), ended: true });
    }
  }

  find(grantId: string): ViewedGrant | undefined {
    return this.grants.get(grantId);
  }

  get size(): number {
    return this.grants.size;
  }

  /** Every grant that is told. */
  entries(): Iterable<readonly [string, ViewedGrant]> {
    return this.grants;
  }

  private of(grantId: string): ViewedGrant {
    return this.grants.get(grantId) ?? UNKNOWN;
  }

  private newest(event: GrantIssued | GrantChanged): ViewedGrant {
    const known = this.of(event.grantId);
    const { version = 0 } = event;
    const contents = contentsOf(event);
    return contents === undefined || version <= known.version ? known : { ...known, contents, version };
  }
}
