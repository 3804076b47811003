/** C0 controls and DEL: no protocol value may hold one (PostgreSQL refuses NUL, headers break on CR and LF). */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001F\u007F]/;
export const hasControl = (text: string): boolean => CONTROL.test(text);
