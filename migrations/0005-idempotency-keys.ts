import type { Migration } from '../src/db/migrator.js';

/** What was answered under an idempotency key, for as long as the key is kept. */
export const idempotencyKeys: Migration = {
  name: '0005-idempotency-keys',
  statements: [
    `create table idempotency_keys (
      environment_id text not null references environments (id),
      key text not null,
      operation text not null,
      fingerprint text not null,
      outcome text not null,
      expires_at text not null,
      primary key (environment_id, key)
    ) strict`,
    'create index idempotency_keys_by_expiry on idempotency_keys (environment_id, expires_at)',
  ],
};
