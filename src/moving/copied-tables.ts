import type { Tables } from '../db/tables.js';

/** A table whose rows are copied as they are. */
export interface CopiedTable {
  readonly name: keyof Tables & string;
  /** The columns of the primary key, in order. */
  readonly key: readonly string[];
}

const byId = ['environment_id', 'id'];
const byUser = ['environment_id', 'user_id'];

/** Every table with data of its own. A table comes after those that its foreign keys lead to. */
export const COPIED_TABLES: readonly CopiedTable[] = [
  { name: 'environments', key: ['id'] },
  { name: 'search_spaces', key: ['environment_id'] },
  { name: 'api_keys', key: byId },
  { name: 'users', key: byId },
  { name: 'passwords', key: byUser },
  { name: 'organizations', key: byId },
  { name: 'organization_memberships', key: byId },
  { name: 'applications', key: byId },
  { name: 'authorized_applications', key: byId },
  { name: 'one_time_codes', key: byId },
  { name: 'mails', key: byId },
  { name: 'mail_days', key: ['environment_id', 'day'] },
  { name: 'event_sequences', key: ['environment_id'] },
  { name: 'events', key: ['environment_id', 'sequence'] },
  { name: 'idempotency_keys', key: ['environment_id', 'key'] },
  { name: 'issuers', key: byId },
  { name: 'signing_keys', key: byId },
  { name: 'sessions', key: byId },
  { name: 'sign_in_attempts', key: ['environment_id', 'bucket'] },
  { name: 'staff_grants', key: byUser },
  { name: 'user_imports', key: ['environment_id', 'source', 'format', 'policy'] },
  { name: 'webhook_endpoints', key: byId },
  { name: 'webhook_deliveries', key: byId },
];

/** Tables that triggers and the search index fill from the rows of others. */
export const DERIVED_TABLES = ['user_metadata', 'user_totals', 'organization_totals', 'list_totals', 'user_search'];
