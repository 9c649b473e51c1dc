import type { Generated, Selectable } from 'kysely';
import { flag, json, mappingOf, number, text } from '../db/mapping.js';
import type { EnvironmentId, OrganizationId, UserId } from '../domain/ids.js';
import { forEachField, PROFILE_FIELDS, type ProfileColumns } from '../domain/profile-fields.js';
import { normalizeText } from '../input/text.js';
import type { Instant } from '../runtime/clock.js';
import { domainOf, normalizeEmail, type User } from './user.js';

declare module '../db/tables.js' {
  interface Tables {
    organization_totals: OrganizationTotalTable;
    search_spaces: SearchSpaceTable;
    user_totals: UserTotalTable;
    users: UserTable;
  }
}

export interface UserTable extends ProfileColumns {
  environment_id: EnvironmentId;
  id: UserId;
  email: string;
  /** `normalizeEmail(email)`: unique in the environment. */
  email_normal: string;
  email_verified: 0 | 1;
  profile_picture_url: string | null;
  locale: string | null;
  last_sign_in_at: Instant | null;
  external_id: string | null;
  /** JSON object with string values. */
  metadata: string;
  version: number;
  created_at: Instant;
  updated_at: Instant;
  /** `domainOf(email_normal)` */
  email_domain: string;
  /** `normalizeText` of the names; empty instead of null. */
  first_name_normal: string;
  last_name_normal: string;
  name_normal: string;
  /** `last_sign_in_at`; empty instead of null. */
  last_sign_in_order: string;
  /** The number of the user's entry in `user_search`. It ascends in the order of insertion within an environment. */
  search_number: number;
}

/** The number of each environment in `user_search`, and the last number assigned to one of its users. */
export interface SearchSpaceTable {
  number: Generated<number>;
  environment_id: EnvironmentId;
  last: number;
}

/** The number of users, maintained by triggers on `users`. */
export interface UserTotalTable {
  environment_id: EnvironmentId;
  email_verified: 0 | 1;
  users: number;
}

/** The number of members, maintained by triggers on `organization_memberships`. */
export interface OrganizationTotalTable {
  environment_id: EnvironmentId;
  organization_id: OrganizationId;
  users: number;
}

export type UserRow = Selectable<UserTable>;

/** The columns of the properties of a user. */
export const USERS = mappingOf<User, 'users'>('users')({
  id: text('id'),
  email: text('email'),
  emailVerified: flag('email_verified'),
  ...forEachField((field) => text(PROFILE_FIELDS[field].column)),
  profilePictureUrl: text('profile_picture_url'),
  locale: text('locale'),
  lastSignInAt: text('last_sign_in_at'),
  externalId: text('external_id'),
  metadata: json('metadata'),
  version: number('version'),
  createdAt: text('created_at'),
  updatedAt: text('updated_at'),
});

export const toUser = USERS.toItem;

/** A row without its number in the search index, which the index gives it. */
export type NewUserRow = Omit<UserRow, 'search_number'>;

export function toUserRow(environmentId: EnvironmentId, user: User): NewUserRow {
  const emailNormal = normalizeEmail(user.email);
  return {
    environment_id: environmentId,
    ...USERS.toColumns(user),
    email_normal: emailNormal,
    email_domain: domainOf(emailNormal),
    first_name_normal: normalizeText(user.firstName ?? ''),
    last_name_normal: normalizeText(user.lastName ?? ''),
    name_normal: normalizeText(user.name ?? ''),
    last_sign_in_order: user.lastSignInAt ?? '',
  };
}
