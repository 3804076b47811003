import type { Reader } from '@tandem/protocol';

/** A YAML mapping before anything of it is proven. */
export type Mapping = Readonly<Record<string, unknown>>;

/** Notes what is wrong with the value at a path; reading goes on, so that all problems come in one message. */
export type Report = (path: string, why: string) => void;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

export function listAt(root: Mapping, name: string, report: Report): readonly (readonly [Mapping, string])[] {
  const value = root[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    report(name, 'must be a list');
    return [];
  }
  return value.flatMap((member: unknown, index) => {
    const path = `${name}[${index}]`;
    if (isMapping(member)) return [[member, path] as const];
    report(path, 'must be a mapping');
    return [];
  });
}

export function checkNames(mapping: Mapping, known: readonly string[], path: string, report: Report): void {
  for (const name of Object.keys(mapping))
    if (!known.includes(name)) report(path === '' ? name : `${path}.${name}`, 'is not a known setting');
}

/** How each member of a settings object is written in the file and read. */
export type Settings<T> = { readonly [Property in keyof T]-?: readonly [string, Reader<NonNullable<T[Property]>>] };

/** Reads a mapping of settings: absent ones keep their default, unknown and bad ones are reported. */
export function readSettings<T extends object>(
  value: unknown,
  path: string,
  settings: Settings<T>,
  defaults: T,
  report: Report,
): T {
  if (value === undefined || value === null) return defaults;
  if (!isMapping(value)) {
    report(path, 'must be a mapping');
    return defaults;
  }
  const entries = Object.entries(settings) as [string, readonly [string, Reader<unknown>]][];
  checkNames(
    value,
    entries.map(([, [wireName]]) => wireName),
    path,
    report,
  );
  const given = entries.flatMap(([property, [wireName, read]]) => {
    const setting = value[wireName];
    if (setting === undefined || setting === null) return [];
    const accepted = read(setting, `${path}.${wireName}`, report);
    return accepted === undefined ? [] : [[property, accepted] as const];
  });
  return { ...defaults, ...Object.fromEntries(given) };
}
