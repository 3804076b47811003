/** What went wrong at another provider, as far as its user is told. */
export type UpstreamProblemKind = 'unavailable' | 'cancelled' | 'failed' | 'not-fresh';

/** A sign-in at another provider did not succeed. Its cause is for our log. */
export class UpstreamProblem extends Error {
  constructor(
    readonly kind: UpstreamProblemKind,
    options: { readonly cause?: unknown } = {},
  ) {
    super(`sign-in at another provider: ${kind}`, options);
    this.name = 'UpstreamProblem';
  }
}
