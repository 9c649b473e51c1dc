import type { Migration } from '../src/db/migrator.js';

/** The column that lists are ordered by follows the time of the last sign-in. Sign-ins before this step left it behind. */
export const lastSignInOrder: Migration = {
  name: '0019-last-sign-in-order',
  statements: [
    `update users set last_sign_in_order = coalesce(last_sign_in_at, '')
      where last_sign_in_order <> coalesce(last_sign_in_at, '')`,
  ],
};
