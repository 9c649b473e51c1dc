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
  /** Whether users sign in with their password. */
  readonly signIn: boolean;
}

export const MAX_ENVIRONMENT_NAME_LENGTH = 255;

/** Whether an environment may be called this: something to see, on one line. */
export function isEnvironmentName(text: string): boolean {
  return (
    text.isWellFormed() && text.trim() !== '' && text.length <= MAX_ENVIRONMENT_NAME_LENGTH && !/\p{Cc}/u.test(text)
  );
}
