import type { EnvironmentId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';

declare module '../db/tables.js' {
  interface Tables {
    idempotency_keys: IdempotencyKeyTable;
  }
}

export interface IdempotencyKeyTable {
  environment_id: EnvironmentId;
  /** The key that the caller chose. */
  key: string;
  /** The mutation that was called with the key. */
  operation: string;
  /** `fingerprintOf` the operation and its input. */
  fingerprint: string;
  /** The result of the use case as JSON. */
  outcome: string;
  expires_at: Instant;
}
