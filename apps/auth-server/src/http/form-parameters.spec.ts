import fc from 'fast-check';
import { refusalOf } from '../refusal.spec-support.js';
import { encodeFormParameters, readFormParameters, readJsonParameters, required, single } from './form-parameters.js';

const read = (raw: string): Record<string, readonly string[]> => Object.fromEntries(readFormParameters(raw));
const INVALID = '400 invalid_request';

describe('form parameters', () => {
  it.each([
    ['', {}],
    ['a=1&b=2', { a: ['1'], b: ['2'] }],
    ['a=1&a=2&a=1', { a: ['1', '2', '1'] }],
    ['a', { a: [''] }],
    ['a=', { a: [''] }],
    ['=x', { '': ['x'] }],
    ['&&a=1&', { a: ['1'] }],
    ['a=b=c', { a: ['b=c'] }],
    ['a=x+y%2Bz', { a: ['x y+z'] }],
    ['redirect_uri[]=x&redirect_uri[0]=y', { 'redirect_uri[]': ['x'], 'redirect_uri[0]': ['y'] }],
    ['a%5B%5D=x', { 'a[]': ['x'] }],
    ['a=%C3%A9%F0%9F%98%80', { a: ['é😀'] }],
    ['a=%EF%BF%BD', { a: ['\uFFFD'] }],
    ['a=1;b=2', { a: ['1;b=2'] }],
  ])('accepts %j as names with all their values', (raw, expected) => {
    expect(read(raw)).toEqual(expected);
  });

  it.each([
    ['NUL in a value', 'a=%00'],
    ['NUL in a name', 'a%00=1'],
    ['a line break', 'a=%0d%0aSet-Cookie:x=1'],
    ['a raw control character', 'a=\u0001'],
    ['DEL', 'a=%7f'],
    ['a byte that is no UTF-8', 'a=%ff'],
    ['an unfinished character', 'a=%E0%A4'],
    ['a broken escape within a character', 'a=%E0%A4%A'],
    ['an escape of other letters', 'a=%zz'],
    ['a lone percent sign', 'a=100%'],
    ['half a surrogate pair', 'a=%ED%A0%80'],
    ['a raw half of a surrogate pair', 'a=\uD800'],
    ['an overlong encoding', 'a=%C0%80'],
    ['bytes of a body that were no UTF-8', 'a=\uFFFD'],
    ['101 parameters', 'a=1&'.repeat(101)],
  ])('refuses %s', (_what, raw) => {
    expect(refusalOf(() => readFormParameters(raw))).toBe(INVALID);
  });

  it('refuses ten thousand parameters without reading them', () => {
    const raw = Array.from({ length: 10_000 }, (_, n) => `p${n}=%41`).join('&');
    const started = performance.now();
    expect(refusalOf(() => readFormParameters(raw))).toBe(INVALID);
    expect(performance.now() - started).toBeLessThan(50);
  });

  it('accepts names of Object.prototype as names', () => {
    const form = readFormParameters('__proto__=1&constructor=2&claims[__proto__][x]=1');
    expect([...form.keys()]).toEqual(['__proto__', 'constructor', 'claims[__proto__][x]']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('agrees with the WHATWG parser on everything that it accepts', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '=',
      '&',
      '+',
      '%20',
      '%26',
      '%3D',
      '%C3%A9',
      '%ff',
      '%',
      '[]',
      ';',
      'é',
      '%0A',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const raw = pieces.join('');
        if (refusalOf(() => readFormParameters(raw)) !== undefined) return;
        const ours = [...readFormParameters(raw)].flatMap(([name, values]) => values.map((value) => [name, value]));
        const theirs = [...new URLSearchParams(raw)];
        expect(ours.map(String).toSorted()).toEqual(theirs.map(String).toSorted());
      }),
    );
  });

  it('accepts what it has encoded as the same parameters', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(text, fc.array(text, { minLength: 1, maxLength: 3 })), {
          selector: ([name]) => name,
          maxLength: 8,
        }),
        (pairs) => {
          const form = new Map(pairs);
          expect(readFormParameters(encodeFormParameters(form))).toEqual(form);
        },
      ),
    );
  });
});

describe('JSON parameters', () => {
  it('accepts text, numbers and booleans, and null as absent', () => {
    expect(Object.fromEntries(readJsonParameters({ a: 'x', b: 5, c: true, d: null }))).toEqual({
      a: ['x'],
      b: ['5'],
      c: ['true'],
    });
  });

  it.each([
    ['a list', []],
    ['text', 'x'],
    ['null', null],
    ['nothing', undefined],
    ['an object as a value', { client_id: { $ne: null } }],
    ['a list as a value', { client_id: ['a', 'b'] }],
    ['NUL in a value', { client_id: 'a\0' }],
    ['half a surrogate pair', { client_id: '\uD800' }],
  ])('refuses %s', (_what, body) => {
    expect(refusalOf(() => readJsonParameters(body))).toBe(INVALID);
  });
});

describe('one parameter', () => {
  const form = readFormParameters('a=1&b=1&b=2&c=');

  it('shows its value, and an empty one as absent', () => {
    expect(['a', 'c', 'd'].map((name) => single(form, name))).toEqual(['1', undefined, undefined]);
  });

  it('refuses one that came twice, and the absence of a required one', () => {
    expect(refusalOf(() => single(form, 'b'))).toBe(INVALID);
    expect(refusalOf(() => required(form, 'c'))).toBe(INVALID);
    expect(required(form, 'a')).toBe('1');
  });
});
