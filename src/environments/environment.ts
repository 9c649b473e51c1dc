import type { Instant } from '../clock.js';
import type { EnvironmentId } from '../ids.js';

/** Shows in the prefix of the environment's keys: `sk_test_…` or `sk_live_…`. */
export type EnvironmentKind = 'test' | 'live';

/** An isolated data set: ids, addresses and external ids are unique within one, and nothing is seen across. */
export interface Environment {
  readonly id: EnvironmentId;
  readonly name: string;
  readonly kind: EnvironmentKind;
  readonly createdAt: Instant;
}
