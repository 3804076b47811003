/** No white space, no controls or invisible characters, nothing that a mail program reads as more than one address. */
const ADDRESS = /^[^\s@<>()[\]\\,;:"\p{C}]{1,64}@[^\s@<>()[\]\\,;:"\p{C}]{1,255}$/u;

export const isEmailAddress = (text: string): boolean => ADDRESS.test(text);

/** An address as people type it, in the one spelling that is checked and kept; undefined when it is none. */
export function readEmailAddress(typed: string): string | undefined {
  if (typed.length > 320) return undefined;
  const address = typed.normalize('NFKC').trim();
  return isEmailAddress(address) ? address : undefined;
}
