import { aCheckInput, aClient, refusalOf, type FormChanges } from '../../builders.spec-support.js';
import type { Client } from '../../model/client.js';
import type { Check, CheckInput } from './check.js';

/** What is special · the parameters · the refusal (undefined: the check holds) · what else is known. */
export type Row = readonly [string, FormChanges, string | undefined, Partial<CheckInput>?];

/** One check alone against its rows. */
export function table(name: string, check: Check, rows: readonly Row[]): void {
  describe(`the check of ${name}`, () => {
    for (const [what, changes, refusal, more] of rows) {
      it(`${refusal === undefined ? 'accepts' : 'refuses'} ${what}`, () => {
        expect(refusalOf(() => check(aCheckInput(changes, more)))).toBe(refusal);
      });
    }
  });
}

export const client = (changes: Partial<Client>): Partial<CheckInput> => ({ client: aClient(changes) });
