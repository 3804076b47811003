import type { Api, Client, PublicJwk } from '@tandem/protocol';
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
export const ENTITIES = [ClientEntity, ApiEntity, SigningKeyEntity] as const;
