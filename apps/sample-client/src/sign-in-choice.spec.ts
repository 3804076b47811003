import { readChoice } from './sign-in-choice.js';

describe('choice of the first page', () => {
  it('accepts what is on offer', () => {
    const form = new URLSearchParams({
      response_type: 'code token',
      response_mode: 'fragment',
      credential: 'private-key',
    });
    expect(readChoice(form)).toEqual({
      responseType: 'code token',
      responseMode: 'fragment',
      credential: 'private-key',
    });
  });

  it('accepts anything else as the default', () => {
    const usual = { responseType: 'code id_token', responseMode: 'form_post', credential: 'secret' };
    expect(readChoice(new URLSearchParams())).toEqual(usual);
    expect(readChoice(new URLSearchParams('response_type=token&response_mode=web_message&credential=none'))).toEqual(
      usual,
    );
  });

  it('refuses tokens in a query', () => {
    const mode = (type: string): string =>
      readChoice(new URLSearchParams({ response_type: type, response_mode: 'query' })).responseMode;
    expect([mode('code'), mode('code id_token')]).toEqual(['query', 'form_post']);
  });
});
