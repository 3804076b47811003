import type { RecordedGrant } from '@tandem/persistence';
import type { ViewedGrant } from './grants-view.js';

/** How long after its end a grant's row may be gone, seconds; see the purge. */
const KEPT_SECONDS = 86_400;

const shown = (value: string | number | readonly string[] | undefined): string =>
  typeof value === 'object' ? `"${value.join(' ')}"` : String(value);

/** Every way in which the events and the row of a grant disagree, in words; none when they agree. */
export function differencesOf(
  grantId: string,
  viewed: ViewedGrant | undefined,
  recorded: RecordedGrant | undefined,
  now: number,
): readonly string[] {
  if (recorded === undefined) {
    const expiresAt = viewed?.contents?.expiresAt;
    const mayBeGone = expiresAt === undefined || expiresAt + KEPT_SECONDS < now;
    return mayBeGone ? [] : [`${grantId}: told by events, not in PostgreSQL`];
  }
  if (viewed === undefined) return [`${grantId}: in PostgreSQL, told by no event`];
  const pairs = [
    ...(viewed.owner === undefined ? [] : compare(['userId', 'clientId'], viewed.owner, recorded)),
    ...(viewed.contents === undefined
      ? []
      : compare(['sid', 'scope', 'audience', 'expiresAt'], viewed.contents, recorded)),
    ['ended', String(viewed.ended), String(recorded.ended)] as const,
  ];
  return pairs
    .filter(([, told, kept]) => told !== kept)
    .map(([name, told, kept]) => `${grantId}: ${name} is ${told} by the events, ${kept} in PostgreSQL`);
}

function compare<Name extends keyof RecordedGrant>(
  names: readonly Name[],
  told: Pick<RecordedGrant, Name>,
  kept: RecordedGrant,
): readonly (readonly [Name, string, string])[] {
  const text = (grant: Pick<RecordedGrant, Name>, name: Name): string =>
    shown(grant[name] as string | number | readonly string[]);
  return names.map((name) => [name, text(told, name), text(kept, name)] as const);
}
