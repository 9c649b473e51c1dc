import type { EnvironmentId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';

/** The kind of an environment. It is part of the prefix of its API keys: `sk_test_…` or `sk_live_…`. */
export type EnvironmentKind = 'test' | 'live';

/** An isolated data set. Addresses and external ids are unique within it, and no request reads another environment. */
export interface Environment {
  readonly id: EnvironmentId;
  readonly name: string;
  readonly kind: EnvironmentKind;
  readonly createdAt: Instant;
  /** Whether users can sign in with a password. */
  readonly signIn: boolean;
}

export const MAX_ENVIRONMENT_NAME_LENGTH = 255;

/** Returns whether the text is a valid environment name: not blank, not too long, and without control characters. */
export function isEnvironmentName(text: string): boolean {
  return (
    text.isWellFormed() && text.trim() !== '' && text.length <= MAX_ENVIRONMENT_NAME_LENGTH && !/\p{Cc}/u.test(text)
  );
}
