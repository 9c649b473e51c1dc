import type { Selectable } from 'kysely';
import type { Instant } from '../clock.js';
import type { EnvironmentId, UserId } from '../ids.js';
import type { PasswordHash, PasswordHashType } from './password-hash.js';
import type { SaltPosition } from './salt-position.js';

/** Apart from `users`, so that no query for a user can bring a hash along. */
export interface PasswordTable {
  environment_id: EnvironmentId;
  user_id: UserId;
  /** In the one spelling of its type, e.g. `$argon2id$v=19$m=19456,t=2,p=1$…`. */
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
