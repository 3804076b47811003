export const LEEWAY_SECONDS = 60;
export const IDLE_SECONDS = 200;
export const LIFETIME_SECONDS = 250;

interface RefreshTokenModel {
  readonly idleUntil: number;
  usedAt?: number;
}

interface AccessTokenModel {
  readonly scope: readonly string[];
  isRevoked: boolean;
}

/** What a request names beside the token. */
export interface Ask {
  readonly scope?: readonly string[];
  readonly audience?: string;
}

/** What is issued: which token of the chain comes next, and the scope of the answer. */
interface Issued {
  readonly successor: number;
  readonly scope: readonly string[];
}

/**
 * What the documents say of a grant with offline access (decision 004, RFC 6749 §6, RFC 9700 §4.14): a chain of refresh
 * tokens, of which the last is unused, and the access tokens that came of it.
 */
export class FamilyModel {
  now = 0;
  isAlive = true;
  readonly tokens: RefreshTokenModel[] = [{ idleUntil: IDLE_SECONDS }];
  readonly accessTokens: AccessTokenModel[];

  constructor(
    private readonly leewaySeconds: number,
    private granted: readonly string[],
    private readonly audience: readonly string[],
  ) {
    this.accessTokens = [{ scope: granted, isRevoked: false }];
  }

  /** @returns the error code where nothing is issued. */
  refresh(index: number, isOwner: boolean, ask: Ask): Issued | string {
    const token = this.tokens[index];
    if (!isOwner || !this.isAlive || token === undefined) return 'invalid_grant';
    const refusal = this.refusalOf(ask);
    if (token.usedAt !== undefined) {
      if (!this.isRetry(token, this.tokens[index + 1])) {
        this.isAlive = false;
        return 'invalid_grant';
      }
      return refusal ?? this.issue(index, ask);
    }
    if (refusal !== undefined) return refusal;
    if (!this.isInTime(token)) return 'invalid_grant';
    token.usedAt = this.now;
    this.tokens.push({ idleUntil: this.now + IDLE_SECONDS });
    return this.issue(index, ask);
  }

  revokeAccessToken(index: number): void {
    (this.accessTokens[index] as AccessTokenModel).isRevoked = true;
  }

  withdraw(word: string): void {
    if (this.isAlive) this.granted = this.granted.filter((held) => held !== word);
  }

  lives({ scope, isRevoked }: AccessTokenModel): boolean {
    return this.isAlive && !isRevoked && scope.every((word) => this.granted.includes(word));
  }

  private refusalOf({ scope = [], audience }: Ask): string | undefined {
    if (scope.some((word) => !this.granted.includes(word))) return 'invalid_scope';
    return audience === undefined || this.audience.includes(audience) ? undefined : 'invalid_target';
  }

  private issue(index: number, { scope: asked }: Ask): Issued {
    const scope = asked === undefined ? this.granted : this.granted.filter((word) => asked.includes(word));
    this.accessTokens.push({ scope, isRevoked: false });
    return { successor: index + 1, scope };
  }

  private isRetry({ usedAt = 0 }: RefreshTokenModel, successor: RefreshTokenModel | undefined): boolean {
    const isInLeeway = this.now - usedAt < this.leewaySeconds;
    return isInLeeway && successor !== undefined && successor.usedAt === undefined && this.isInTime(successor);
  }

  private isInTime({ idleUntil }: RefreshTokenModel): boolean {
    return this.now < Math.min(idleUntil, LIFETIME_SECONDS);
  }
}
