import { builder } from '../graphql/builder.js';
import { MutationError } from '../graphql/mutation-error.graphql.js';
import { IdempotencyError } from './idempotency.js';

builder.objectType(IdempotencyError, {
  name: 'IdempotencyError',
  description: 'The idempotency key was used before with other input, or for another mutation.',
  interfaces: [MutationError],
});

/** Description of the input field of every mutation that takes a key. */
export const IDEMPOTENCY_KEY_DESCRIPTION =
  'Makes a repeat safe: the same key with the same input is answered as the first time, for 24 hours. 1 to 255 visible ASCII characters.';
