import type { FastifyRequest } from 'fastify';
import { seeOther, withHeaders } from './answer.js';
import { Cookies } from './cookies.js';

const request = (cookie?: string): FastifyRequest =>
  ({ headers: cookie === undefined ? {} : { cookie } }) as unknown as FastifyRequest;

describe('cookies of an https issuer', () => {
  const cookies = new Cookies({ secure: true });

  it('shows __Host-, Path=/, HttpOnly, SameSite=Lax and Secure, and no Domain', () => {
    expect(cookies.write('session', 'v', 60)).toEqual({
      'set-cookie': '__Host-session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure',
    });
    expect(cookies.write('session', 'v')).toEqual({
      'set-cookie': '__Host-session=v; Path=/; HttpOnly; SameSite=Lax; Secure',
    });
    expect(cookies.clear('session')['set-cookie']).toContain('__Host-session=; Path=/; Max-Age=0');
  });

  it('accepts only the prefixed name', () => {
    expect(cookies.read(request('session=evil; __Host-session=good'), 'session')).toBe('good');
    expect(cookies.read(request('session=evil'), 'session')).toBeUndefined();
  });

  it.each(['\u00A0', '\t', '\u000B', '\uFEFF', ' \u00A0'])('accepts no name that %j stands before', (before) => {
    expect(cookies.read(request(`a=1;${before}__Host-session=evil`), 'session')).toBeUndefined();
  });
});

describe('cookies of an http issuer', () => {
  const cookies = new Cookies({ secure: false });

  it('shows neither Secure nor the prefix, which a browser would refuse', () => {
    expect(cookies.write('session', 'v')['set-cookie']).toBe('session=v; Path=/; HttpOnly; SameSite=Lax');
  });

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['session', undefined],
    ['session=', ''],
    ['a=1; session=v; b=2', 'v'],
    ['a=1;session=v', 'v'],
    ['xsession=evil; session=v', 'v'],
    ['session=a=b', 'a=b'],
    ['session=first; session=second', 'first'],
    ['Session=evil', undefined],
  ])('accepts from %j the value %j', (header, expected) => {
    expect(cookies.read(request(header), 'session')).toBe(expected);
  });
});

it('shows every cookie of an answer that is given several', () => {
  const cookies = new Cookies({ secure: true });
  const one = withHeaders(seeOther('https://rp.example/'), cookies.write('a', '1'));
  const two = withHeaders(one, { ...cookies.write('b', '2'), 'cache-control': 'private' });
  expect(two.headers['set-cookie']).toEqual([
    expect.stringMatching(/^__Host-a=1/),
    expect.stringMatching(/^__Host-b=2/),
  ]);
  expect(two).toMatchObject({ status: 303, headers: { location: 'https://rp.example/', 'cache-control': 'private' } });
});
