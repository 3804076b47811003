import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { JwtService } from '@nestjs/jwt';
import { CLAIMS, NOW } from './forge.spec-support.js';
import { JwtModule } from './jwt.module.js';
import { generateSigningKey } from './keys/signing-key.js';
import { TokenSigner } from './tokens/token-signer.js';
import { TokenVerifier } from './tokens/token-verifier.js';

describe('the Nest module', () => {
  it('accepts through its verifier what its signer issues', async () => {
    const module = await Test.createTestingModule({ imports: [JwtModule] }).compile();
    const key = await generateSigningKey('RS256');
    const token = module.get(TokenSigner).sign('access_token', CLAIMS.access_token, key);
    const options = { keys: [key.publicJwk], algorithms: ['RS256'], now: NOW };
    expect(module.get(TokenVerifier).verify('access_token', token, options).claims.sub).toBe('alice');
    await module.close();
  });

  it('refuses to start when the JwtService has a secret (J2)', async () => {
    const compiling = Test.createTestingModule({ imports: [JwtModule] })
      .overrideProvider(JwtService)
      .useValue(new JwtService({ secret: 'left over' }))
      .compile();
    await expect(compiling).rejects.toThrow(/JwtService/);
  });
});
