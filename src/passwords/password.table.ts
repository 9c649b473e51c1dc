import type { Selectable } from 'kysely';
import type { EnvironmentId, UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { SaltPosition } from './hashes/salt-position.js';
import type { PasswordHash, PasswordHashType } from './password-hash.js';

declare module '../db/tables.js' {
  interface Tables {
    passwords: PasswordTable;
  }
}

/** A table of its own, so that no query on `users` can return a hash. */
export interface PasswordTable {
  environment_id: EnvironmentId;
  user_id: UserId;
  /** In the canonical form of its type, e.g. `$argon2id$v=19$m=19456,t=2,p=1$…`. */
  hash: string;
  updated_at: Instant;
  type: PasswordHashType;
  salt_position: SaltPosition | null;
}

export function toPasswordHash({ type, hash, salt_position }: Selectable<PasswordTable>): PasswordHash {
  return { type, hash, saltPosition: salt_position };
}

export function toPasswordColumns({ type, hash, saltPosition }: PasswordHash) {
  return { type, hash, salt_position: saltPosition };
}
