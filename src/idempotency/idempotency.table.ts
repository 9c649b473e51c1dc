import type { Instant } from '../clock.js';
import type { EnvironmentId } from '../ids.js';

export interface IdempotencyKeyTable {
  environment_id: EnvironmentId;
  /** As the caller chose it. */
  key: string;
  /** The mutation it was given to. */
  operation: string;
  /** `fingerprintOf` operation and input. */
  fingerprint: string;
  /** JSON of what the use case answered. */
  outcome: string;
  expires_at: Instant;
}
