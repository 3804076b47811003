import { readFileSync } from 'node:fs';
import { text } from '@tandem/protocol';
import type { Reader } from '@tandem/protocol';

/** The text of a file that the setting names, without the white space around it. */
export const textOfFile: Reader<string> = (value, path, report) => {
  const name = text(value, path, report);
  if (name === undefined) return undefined;
  try {
    const content = readFileSync(name, 'utf8').trim();
    return content === '' ? void report(path, 'names an empty file') : content;
  } catch {
    return void report(path, 'names a file that can not be read');
  }
};
