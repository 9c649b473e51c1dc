import type { Migration } from '../src/db/migrator.js';
import { initial } from './0001-initial.js';
import { findingPeople } from './0002-finding-people.js';
import { eventsAndKeys } from './0003-events-and-keys.js';
import { passwordHashTypes } from './0004-password-hash-types.js';
import { idempotencyKeys } from './0005-idempotency-keys.js';
import { mail } from './0006-mail.js';
import { userImports } from './0009-user-imports.js';
import { signIn } from './0010-sign-in.js';
import { eventRetention } from './0011-event-retention.js';
import { webhooks } from './0012-webhooks.js';
import { eventErasure } from './0013-event-erasure.js';
import { emailDomains } from './0014-email-domains.js';
import { cjkSearch } from './0015-cjk-search.js';
import { listTotals } from './0017-list-totals.js';
import { eventApi } from './0018-event-api.js';
import { lastSignInOrder } from './0019-last-sign-in-order.js';
import { base } from './postgres/0019-base.js';
import { environmentCommits } from './postgres/0019-environment-commits.js';

/** The steps since both engines have the same schema, in order. Their SQL is for both. */
const common: readonly Migration[] = [];

/** Every step of SQLite, in order. A step that was released is never changed: a new one is added. */
export const migrations: readonly Migration[] = [
  initial,
  findingPeople,
  eventsAndKeys,
  passwordHashTypes,
  idempotencyKeys,
  mail,
  userImports,
  signIn,
  eventRetention,
  webhooks,
  eventErasure,
  emailDomains,
  cjkSearch,
  listTotals,
  eventApi,
  lastSignInOrder,
  ...common,
];

/** Every step of PostgreSQL, in order. It begins with what SQLite has after `0019`. A number counts what both have. */
export const postgresMigrations: readonly Migration[] = [base, environmentCommits, ...common];
