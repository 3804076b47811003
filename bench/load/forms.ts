/** A form of a page: where it goes, its fields, and the button that a person would press first. */
export interface Form {
  readonly action: string;
  readonly fields: readonly Field[];
  readonly button?: Field;
}
export interface Field {
  readonly name: string;
  readonly value: string;
  readonly type: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescape = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
        if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
        if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
        return ENTITIES[name ?? ''] ?? whole;
      })
    : text;

const ATTRIBUTES = /\s([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/gi;

function attributesOf(tag: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [, name = '', double, single, bare] of tag.matchAll(ATTRIBUTES))
    found[name.toLowerCase()] = unescape(double ?? single ?? bare ?? '');
  return found;
}

/** The page's first form. */
export function readForm(html: string): Form | undefined {
  const begin = html.search(/<form[\s>]/i);
  if (begin < 0) return undefined;
  const end = html.indexOf('</form', begin);
  const form = html.slice(begin, end < 0 ? undefined : end);
  const { action = '' } = attributesOf(form.slice(0, form.indexOf('>') + 1));
  const fields: Field[] = [];
  let button: Field | undefined;
  for (const [tag, element = ''] of form.matchAll(/<(input|button)\b[^>]*>/gi)) {
    const { name = '', value = '', type = element.toLowerCase() === 'button' ? 'submit' : 'text' } = attributesOf(tag);
    if (type === 'submit') button ??= { name, value, type };
    else if (name !== '') fields.push({ name, value, type });
  }
  return { action, fields, ...(button === undefined ? {} : { button }) };
}
