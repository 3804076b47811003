/** One dead thing, as resource servers keep it. `until` is epoch seconds: the entry may be forgotten after it. */
export type RevocationEntry =
  | { readonly kind: 'jti' | 'grant' | 'session'; readonly id: string; readonly until: number }
  | { readonly kind: 'user' | 'client'; readonly id: string; readonly notBefore: number; readonly until: number }
  | {
      readonly kind: 'grant-scope';
      readonly id: string;
      readonly scope: readonly string[];
      readonly notBefore: number;
      readonly until: number;
    };

/** A page of the snapshot that a resource server loads before it is ready. */
export interface RevocationSnapshotPage {
  readonly entries: readonly RevocationEntry[];
  /** Pass as `after` to get the next page; absent on the last one. */
  readonly next?: string;
  /** The database's time when the page was read, epoch seconds. */
  readonly at: number;
}
