import { defaultResponseMode, partsOf, readResponseType, RESPONSE_TYPES } from './response-type.js';

const permutations = (items: readonly string[]): readonly (readonly string[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((others) => [item, ...others]));

describe('response types', () => {
  it.each(RESPONSE_TYPES)('accepts the words of %j in any order', (responseType) => {
    for (const order of permutations(responseType.split(' '))) {
      expect(readResponseType(order.join(' '))).toBe(responseType);
    }
  });

  it('accepts repeated words and wide spaces as the set they name', () => {
    expect(readResponseType(' id_token  code code ')).toBe('code id_token');
  });

  it.each(['', ' ', 'none', 'CODE', 'code,id_token', 'code id_token pigeon', 'code\tid_token', 'constructor'])(
    'refuses %j',
    (text) => {
      expect(readResponseType(text)).toBeUndefined();
    },
  );

  it('issues the parts in the order code, token, id_token, since the last binds the others', () => {
    expect(partsOf('code id_token token')).toEqual(['code', 'token', 'id_token']);
    expect(partsOf('id_token token')).toEqual(['token', 'id_token']);
    expect(partsOf('id_token')).toEqual(['id_token']);
    expect(partsOf('token')).toEqual(['token']);
  });

  it('shows query as the default mode of code alone', () => {
    expect(RESPONSE_TYPES.filter((type) => defaultResponseMode(type) === 'query')).toEqual(['code']);
  });
});
