import { createHash, randomBytes, randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ProofStore } from '@tandem/persistence';
import type { Proof } from '@tandem/persistence';
import { ServerSecrets } from '../signing-keys/server-secrets.js';

const TOKEN = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;
const CODE_DIGITS = 6;
const ATTEMPTS = 5;

/** What a proof is for, and for how long it can be brought back. */
export type ProofRequest = Pick<Proof, 'purpose'> &
  Partial<Pick<Proof, 'userId' | 'email' | 'detail'>> & { readonly lifetimeSeconds: number };

/** Hands out one-time links and codes and takes them back. Only hashes are stored, under a key that is not in the database. */
@Injectable()
export class Proofs {
  constructor(
    private readonly store: ProofStore,
    private readonly secrets: ServerSecrets,
  ) {}

  /** A token for a link: 256 random bits behind a public id. */
  async link({ lifetimeSeconds, ...proof }: ProofRequest): Promise<string> {
    const id = randomBytes(16).toString('base64url');
    const secret = randomBytes(32).toString('base64url');
    await this.store.keep({ detail: {}, ...proof, id }, this.hash(id, secret), ATTEMPTS, lifetimeSeconds);
    return `${id}.${secret}`;
  }

  /** What a link's token proves, without spending it: mail scanners open links, people send forms. */
  peek(purpose: string, token: string): Promise<Proof | undefined> {
    return this.read(token, (id, secretHash) => this.store.peek(id, purpose, secretHash));
  }

  /** What a link's token proves; it is spent. */
  take(purpose: string, token: string): Promise<Proof | undefined> {
    return this.read(token, (id, secretHash) => this.store.take(id, purpose, secretHash));
  }

  /** Six digits for people to type, good for five guesses. The one that asked before under the same id counts no more. */
  async code(id: string, { lifetimeSeconds, ...proof }: ProofRequest): Promise<string> {
    const code = String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
    const key = codeId(proof.purpose, id);
    await this.store.keep({ detail: {}, ...proof, id: key }, this.hash(key, code), ATTEMPTS, lifetimeSeconds);
    return code;
  }

  /** What a typed code proves; a right one is spent, a wrong one costs a guess. Spaces that people type don't matter. */
  takeCode(id: string, purpose: string, typed: string): Promise<Proof | undefined> {
    const key = codeId(purpose, id);
    return this.store.take(key, purpose, this.hash(key, typed.replaceAll(/[\s-]/g, '')));
  }

  /** The user's other proofs for a purpose count no more. */
  void(userId: string, purpose: string): Promise<void> {
    return this.store.void(userId, purpose);
  }

  private async read(
    token: string,
    look: (id: string, secretHash: Buffer) => Promise<Proof | undefined>,
  ): Promise<Proof | undefined> {
    const [, id, secret] = TOKEN.exec(token) ?? [];
    return id === undefined || secret === undefined ? undefined : look(id, this.hash(id, secret));
  }

  private hash(id: string, secret: string): Buffer {
    return this.secrets.mac('proof', `${id}|${secret}`);
  }
}

/** Codes are found by what asked for them, for example an interaction, and the purpose. */
const codeId = (purpose: string, id: string): string =>
  createHash('sha256').update(`${purpose}|${id}`).digest('base64url');
