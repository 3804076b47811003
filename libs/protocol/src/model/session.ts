/** A browser's sign-in. `sid` is public (it stands in tokens); the cookie's value is not kept, only its hash. */
export interface Session {
  readonly sid: string;
  readonly userId: string;
  readonly authTime: number;
  readonly acr: string;
  readonly amr: readonly string[];
}
