import { attribute, elements, rawText, select, type HtmlElement } from './html.js';

export type Field = readonly [name: string, value: string];

/** A form as a browser would send it. */
export interface Form {
  readonly action: URL;
  readonly method: 'GET' | 'POST';
  /** Every field that would be sent if nobody touched it, in document order; submit buttons are not among them. */
  readonly fields: readonly Field[];
  /** Named submit buttons. */
  readonly buttons: readonly Field[];
  /** Where the form stands: the page that its submission comes from. */
  readonly page: { readonly url: URL; readonly headers: Headers };
}

const NOT_SENT = new Set(['submit', 'image', 'button', 'reset', 'file']);

export function readForm(element: HtmlElement, page: Form['page']): Form {
  const controls = [...elements(element)].filter((control) => attribute(control, 'disabled') === undefined);
  return {
    // An empty or missing action is the page's own address.
    action: new URL(attribute(element, 'action') || page.url.href, page.url),
    method: attribute(element, 'method')?.toLowerCase() === 'post' ? 'POST' : 'GET',
    fields: controls.flatMap(fieldOf),
    buttons: controls.filter(isSubmitButton).flatMap(named),
    page,
  };
}

function fieldOf(control: HtmlElement): readonly Field[] {
  const name = attribute(control, 'name');
  if (name === undefined || name === '') return [];
  if (control.tagName === 'textarea') return [[name, rawText(control)]];
  if (control.tagName === 'select') return [[name, selectedOption(control)]];
  if (control.tagName !== 'input') return [];
  const type = (attribute(control, 'type') ?? 'text').toLowerCase();
  if (NOT_SENT.has(type)) return [];
  if (type !== 'checkbox' && type !== 'radio') return [[name, attribute(control, 'value') ?? '']];
  return attribute(control, 'checked') === undefined ? [] : [[name, attribute(control, 'value') ?? 'on']];
}

function selectedOption(control: HtmlElement): string {
  const options = select(control, 'option');
  const chosen = options.find((option) => attribute(option, 'selected') !== undefined) ?? options[0];
  return chosen === undefined ? '' : (attribute(chosen, 'value') ?? rawText(chosen));
}

function isSubmitButton(control: HtmlElement): boolean {
  const type = attribute(control, 'type')?.toLowerCase();
  return control.tagName === 'button'
    ? (type ?? 'submit') === 'submit'
    : control.tagName === 'input' && type === 'submit';
}

function named(control: HtmlElement): readonly Field[] {
  const name = attribute(control, 'name');
  return name === undefined ? [] : [[name, attribute(control, 'value') ?? '']];
}

/**
 * What is sent when a person enters `values` and submits. A value that is a button's presses this button; without one
 * the first button counts, as with the Enter key.
 *
 * @throws when the form has no field or button of that name: a person could not enter it.
 */
export function filledIn(form: Form, values: Readonly<Record<string, string>>): readonly Field[] {
  const names = new Set([...form.fields, ...form.buttons].map(([name]) => name));
  for (const name of Object.keys(values))
    if (!names.has(name)) throw new Error(`the form has no field "${name}"; it has ${[...names].join(', ')}`);
  const fields = form.fields.map(([name, value]): Field => [name, values[name] ?? value]);
  const pressed = form.buttons.find(([name, value]) => values[name] === value);
  const chosen = form.buttons.find(([name]) => values[name] !== undefined);
  if (chosen !== undefined && pressed === undefined)
    throw new Error(`the form has no button ${chosen[0]}=${values[chosen[0]]}`);
  const button = pressed ?? form.buttons[0];
  return button === undefined ? fields : [...fields, button];
}

/** The same form after somebody tampered with it: fields replaced, added, or (undefined) taken away. */
export function tamperedWith(form: Form, changes: Readonly<Record<string, string | undefined>>): Form {
  const kept = form.fields.filter(([name]) => !Object.hasOwn(changes, name));
  const added = Object.entries(changes).filter((change): change is [string, string] => change[1] !== undefined);
  return { ...form, fields: [...kept, ...added] };
}
