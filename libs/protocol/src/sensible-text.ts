/** C0 controls and DEL: no protocol value may hold one (PostgreSQL refuses NUL, headers break on CR and LF). */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001F\u007F]/;
export const hasControl = (text: string): boolean => CONTROL.test(text);

/** Text that every part of the system can keep and send: no controls, no half of a surrogate pair (PostgreSQL refuses both). */
export const isSensible = (text: string): boolean => !hasControl(text) && text.isWellFormed();
