import { IdempotencyError } from '../../idempotency/idempotency.js';
import { builder } from '../builder/builder.js';
import { MutationError } from '../builder/mutation-error.graphql.js';

builder.objectType(IdempotencyError, {
  name: 'IdempotencyError',
  description: 'The idempotency key was already used with different input or for another mutation.',
  interfaces: [MutationError],
});

/** Description of the input field `idempotencyKey`. */
export const IDEMPOTENCY_KEY_DESCRIPTION = [
  'A key that makes it safe to retry: for 24 hours, the same key with the same input returns the first result',
  'again. 1 to 255 visible ASCII characters.',
].join(' ');
