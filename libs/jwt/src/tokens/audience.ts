/** Decides about the `aud` of a verified token. */
export type AudienceCheck = (aud: unknown) => boolean;

const asList = (aud: unknown): readonly unknown[] => (Array.isArray(aud) ? aud : [aud]);

/** Accepts one string or an array of which every member is ours; a foreign member is refused (CVE-2025-27370). */
export const onlyAudiences =
  (ours: readonly string[]): AudienceCheck =>
  (aud) => {
    const members = asList(aud);
    return members.length > 0 && members.every((member) => typeof member === 'string' && ours.includes(member));
  };

/** Accepts exactly this value as a JSON string, as FAPI 2.0 §5.3.2.1 asks for client assertions. */
export const exactAudience =
  (ours: string): AudienceCheck =>
  (aud) =>
    aud === ours;

/** Accepts a string or an array that names us, whoever else it names. */
export const includesAudience =
  (ours: string): AudienceCheck =>
  (aud) =>
    asList(aud).includes(ours);
