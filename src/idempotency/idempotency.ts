import { createHmac } from 'node:crypto';
import { DomainError, InvalidInputError } from '../errors.js';
import type { EnvironmentId } from '../ids.js';

/** How long a repeat is answered with what the first call was; after that the key is free (IETF draft Idempotency-Key). */
export const IDEMPOTENCY_TTL_SECONDS = 86_400;

/** Room for a UUID and a name around it. */
export const MAX_IDEMPOTENCY_KEY_LENGTH = 255;
const KEY = /^[\x21-\x7e]+$/;

/** Mutations that take an idempotency key. */
export type IdempotentOperation = 'createApplication' | 'createOrganization' | 'createUser' | 'createUsers';

/** The key was used within its time, with other input or for another mutation. */
export class IdempotencyError extends DomainError {
  constructor() {
    const message =
      'This idempotency key was used before with other input: choose a new one, or repeat the same input.';
    super('IDEMPOTENCY_KEY_REUSED', message, ['idempotencyKey']);
  }
}

/** Whether a text can be a key: 1 to 255 visible ASCII characters. */
export function isIdempotencyKey(key: string): boolean {
  return key.length <= MAX_IDEMPOTENCY_KEY_LENGTH && KEY.test(key);
}

/** Complains of a key that is none; null and left out are no key. */
export function checkIdempotencyKey(key: string | null | undefined, problems: DomainError[]): void {
  if (key == null || isIdempotencyKey(key)) return;
  const message = `An idempotency key has 1 to ${MAX_IDEMPOTENCY_KEY_LENGTH} visible ASCII characters.`;
  problems.push(new InvalidInputError('INVALID_INPUT', message, ['idempotencyKey']));
}

/**
 * What tells inputs apart. An HMAC, because an input may hold a password and nobody who reads the database may try
 * guesses against it.
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

/** Input, list, row, metadata, value: nothing that is kept is deeper. */
const MAX_INPUT_DEPTH = 6;

/**
 * JSON in which objects name their keys in one order, so that the same input is the same text. What lies deeper than
 * any input that is done, and could exhaust the stack, is left out: it is like no input that is kept.
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
