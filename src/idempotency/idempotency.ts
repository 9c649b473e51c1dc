import { createHmac } from 'node:crypto';
import { DomainError, InvalidInputError } from '../domain/errors.js';
import type { EnvironmentId } from '../domain/ids.js';

/** How long the result of a call is kept for repeats. Afterwards the key can be reused (IETF draft Idempotency-Key). */
export const IDEMPOTENCY_TTL_SECONDS = 86_400;

/** Long enough for a UUID with a prefix. */
export const MAX_IDEMPOTENCY_KEY_LENGTH = 255;
const KEY = /^[\x21-\x7e]+$/;

/** Mutations that take an idempotency key. */
export type IdempotentOperation =
  | 'confirmEmailChange'
  | 'createApplication'
  | 'createMembership'
  | 'createOrganization'
  | 'createUser'
  | 'createUsers'
  | 'sendEmailChange'
  | 'sendVerificationEmail'
  | 'verifyEmail';

/** The key was used before and has not expired, but with different input or for another mutation. */
export class IdempotencyError extends DomainError {
  constructor() {
    const message =
      'This idempotency key was already used with different input: use a new key, or repeat the same input.';
    super('IDEMPOTENCY_KEY_REUSED', message, ['idempotencyKey']);
  }
}

/** Whether a text is a valid key: 1 to 255 visible ASCII characters. */
export function isIdempotencyKey(key: string): boolean {
  return key.length <= MAX_IDEMPOTENCY_KEY_LENGTH && KEY.test(key);
}

/** Adds a problem when the key is invalid. Null and undefined mean that there is no key. */
export function checkIdempotencyKey(key: string | null | undefined, problems: DomainError[]): void {
  if (key == null || isIdempotencyKey(key)) return;
  const message = `An idempotency key must have 1 to ${MAX_IDEMPOTENCY_KEY_LENGTH} visible ASCII characters.`;
  problems.push(new InvalidInputError('INVALID_INPUT', message, ['idempotencyKey']));
}

/**
 * The fingerprint of an input, by which a repeat is recognized. It is an HMAC because the input can contain a password:
 * without the secret key, guesses cannot be tested against a stolen database.
 */
export function fingerprintOf(
  secretKey: string,
  environmentId: EnvironmentId,
  operation: IdempotentOperation,
  input: unknown,
): string {
  const text = `idempotency|${environmentId}|${operation}|${canonicalJson(input, MAX_INPUT_DEPTH)}`;
  return createHmac('sha256', secretKey).update(text).digest('hex');
}

/** The depth of the deepest valid input: input, list, row, metadata, value. */
const MAX_INPUT_DEPTH = 6;

/**
 * JSON with sorted keys, so that equal inputs give equal text. Values that are nested too deeply could exhaust the
 * stack and are replaced by a placeholder; no valid input contains one.
 */
function canonicalJson(value: unknown, depth: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (depth === 0) return '…';
  if (Array.isArray(value)) return `[${value.map((part) => canonicalJson(part, depth - 1)).join()}]`;
  const parts = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part, depth - 1)}`);
  return `{${parts.join()}}`;
}
