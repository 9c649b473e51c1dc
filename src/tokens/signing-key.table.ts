import type { JWK } from 'jose';
import type { Selectable } from 'kysely';
import type { EnvironmentId, SigningKeyId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { SigningAlgorithm, SigningKey } from './signing-key.js';

declare module '../db/tables.js' {
  interface Tables {
    signing_keys: SigningKeyTable;
  }
}

export interface SigningKeyTable {
  environment_id: EnvironmentId;
  /** The `kid`. */
  id: SigningKeyId;
  algorithm: SigningAlgorithm;
  /** JWK. */
  public_key: string;
  /** PKCS #8, encrypted with SECRET_KEY. */
  private_key: Buffer;
  created_at: Instant;
  retired_at: Instant | null;
}

export function toSigningKey(row: Selectable<SigningKeyTable>): SigningKey {
  return {
    id: row.id,
    environmentId: row.environment_id,
    algorithm: row.algorithm,
    publicKey: JSON.parse(row.public_key) as JWK, // written by `toSigningKeyRow`
    privateKey: row.private_key,
    createdAt: row.created_at,
    retiredAt: row.retired_at,
  };
}

export function toSigningKeyRow(key: SigningKey): Selectable<SigningKeyTable> {
  return {
    environment_id: key.environmentId,
    id: key.id,
    algorithm: key.algorithm,
    public_key: JSON.stringify(key.publicKey),
    private_key: key.privateKey,
    created_at: key.createdAt,
    retired_at: key.retiredAt,
  };
}
