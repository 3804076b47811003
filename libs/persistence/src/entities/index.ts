import type { Api, Client, PublicJwk, User } from '@tandem/protocol';
import { EntitySchema } from 'typeorm';

/** A registered client as a row: the model itself as JSON beside what is looked up by. */
export interface ClientRow {
  clientId: string;
  definition: Omit<Client, 'clientId' | 'disabledAt'>;
  registrationTokenHash: Buffer | null;
  disabledAt: Date | null;
}

export interface ApiRow {
  identifier: string;
  definition: Omit<Api, 'identifier'>;
}

export interface UserRow {
  userId: string;
  email: string;
  emailKey: string;
  emailVerified: boolean;
  passwordHash: string | null;
  claims: User['claims'];
  updatedAt: Date;
  disabledAt: Date | null;
}

export interface SigningKeyRow {
  kid: string;
  alg: string;
  publicJwk: PublicJwk;
  sealedPrivate: Buffer;
  createdAt: Date;
  activeFrom: Date;
  retiredAt: Date | null;
}

export const ClientEntity = new EntitySchema<ClientRow>({
  name: 'clients',
  columns: {
    clientId: { name: 'client_id', type: 'text', primary: true },
    definition: { type: 'jsonb' },
    registrationTokenHash: { name: 'registration_token_hash', type: 'bytea', nullable: true },
    disabledAt: { name: 'disabled_at', type: 'timestamptz', nullable: true },
  },
});

export const ApiEntity = new EntitySchema<ApiRow>({
  name: 'apis',
  columns: { identifier: { type: 'text', primary: true }, definition: { type: 'jsonb' } },
});

export const UserEntity = new EntitySchema<UserRow>({
  name: 'users',
  columns: {
    userId: { name: 'user_id', type: 'text', primary: true },
    email: { type: 'text' },
    emailKey: { name: 'email_key', type: 'text' },
    emailVerified: { name: 'email_verified', type: 'boolean' },
    passwordHash: { name: 'password_hash', type: 'text', nullable: true },
    claims: { type: 'jsonb' },
    updatedAt: { name: 'updated_at', type: 'timestamptz' },
    disabledAt: { name: 'disabled_at', type: 'timestamptz', nullable: true },
  },
});

export const SigningKeyEntity = new EntitySchema<SigningKeyRow>({
  name: 'signing_keys',
  columns: {
    kid: { type: 'text', primary: true },
    alg: { type: 'text' },
    publicJwk: { name: 'public_jwk', type: 'jsonb' },
    sealedPrivate: { name: 'sealed_private', type: 'bytea' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    activeFrom: { name: 'active_from', type: 'timestamptz' },
    retiredAt: { name: 'retired_at', type: 'timestamptz', nullable: true },
  },
});

/** What TypeORM maps: the plain interfaces above, with no entity class beside them. */
export const ENTITIES = [ClientEntity, ApiEntity, UserEntity, SigningKeyEntity] as const;
