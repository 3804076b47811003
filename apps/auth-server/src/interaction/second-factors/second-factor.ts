import type { FormParameters, User } from '@tandem/protocol';

/** A second factor's form on the page that asks for one. */
export interface SecondFactorPart {
  /** Template below `views/second-factors/`; it sees the page's model and this one. */
  readonly view: string;
  readonly model?: object;
}

/** Something that only the user has, asked for after the first factor. Its name stands in the form's `method` field. */
export interface SecondFactor {
  readonly name: string;
  /** What it adds to the sign-in beside `mfa` (RFC 8176). */
  readonly amr: readonly string[];
  /** Counts only beside another one, and is looked for only then. */
  readonly standsIn?: true;
  enrolled(userId: string): Promise<boolean>;
  part(): SecondFactorPart;
  /** Whether the form proves it. What is proven is spent, also when two forms bring it at once. */
  verify(user: User, form: FormParameters): Promise<boolean>;
}
