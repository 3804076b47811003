import { MAXIMUM_EVENT_BYTES, MAXIMUM_MESSAGE_BYTES } from '@tandem/contracts';
import type { GrantIssued } from '@tandem/contracts';
import { generateSigningKey, TokenSigner } from '@tandem/jwt';
import { checkGrantBounds } from '@tandem/protocol';
import { randomUUID } from 'node:crypto';
import { Clock } from '../clock.js';
import { Issuer } from '../endpoints.js';
import type { SigningKeys } from '../signing-keys/signing-keys.js';
import { EventSigning } from './event-signing.js';

const WORD = 40;
const texts = (bytes: number): string[] =>
  Array.from({ length: Math.floor((bytes - 1) / (WORD + 3)) }, (_, index) => `${index}`.padEnd(WORD, 'x'));

describe('signed events', () => {
  let signing: EventSigning;
  beforeAll(async () => {
    const key = await generateSigningKey('ES256');
    const keys = { active: () => key } as unknown as SigningKeys;
    const issuer = new Issuer(`https://${'very-long-name.'.repeat(6)}example/`);
    signing = new EventSigning(new TokenSigner(), keys, issuer, new Clock());
  });

  const bytes = (event: object): number => Buffer.byteLength(JSON.stringify(event));
  const longest = { grantId: `gr_${'x'.repeat(30)}`, sid: 's'.repeat(60) };
  const contents = checkGrantBounds({ scope: texts(2_300), audience: texts(2_300) });

  it('accepts the largest grant as an event that a stream takes', () => {
    const issued: GrantIssued = {
      ...{ type: 'grant.issued', at: 1_800_000_000, ...longest, userId: 'u'.repeat(40), clientId: 'c'.repeat(255) },
      ...{ ...contents, expiresAt: 1_800_000_000, version: 1_000 },
    };
    expect(bytes(issued)).toBeLessThan(MAXIMUM_EVENT_BYTES);
    expect(bytes(issued)).toBeGreaterThan(MAXIMUM_EVENT_BYTES - 700);
    const pack = signing.signPack({ id: randomUUID(), type: 'grants', events: [issued] });
    expect(pack.length).toBeLessThan(MAXIMUM_MESSAGE_BYTES);
  });

  it('accepts whatever the outbox accepts', () => {
    const fill = { type: 'grant.changed', ...longest, scope: [''], audience: [], withdrawnScope: [], exp: 0 } as const;
    const scope = ['x'.repeat(MAXIMUM_EVENT_BYTES - bytes(fill))];
    expect(bytes({ ...fill, scope })).toBe(MAXIMUM_EVENT_BYTES);
    const message = signing.sign({ ...fill, scope, id: randomUUID(), at: 1_800_000_000 });
    expect(message.length).toBeLessThan(MAXIMUM_MESSAGE_BYTES);
  });
});
