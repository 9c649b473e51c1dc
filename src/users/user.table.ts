import type { Generated, Selectable } from 'kysely';
import type { Instant } from '../clock.js';
import type { EnvironmentId, OrganizationId, UserId } from '../ids.js';
import type { Metadata } from '../metadata.js';
import { normalizeText } from '../text.js';
import { domainOf, normalizeEmail, type User } from './user.js';

export interface UserTable {
  environment_id: EnvironmentId;
  id: UserId;
  email: string;
  /** `normalizeEmail(email)`: unique in the environment. */
  email_normal: string;
  email_verified: 0 | 1;
  first_name: string | null;
  last_name: string | null;
  name: string | null;
  profile_picture_url: string | null;
  locale: string | null;
  last_sign_in_at: Instant | null;
  external_id: string | null;
  /** JSON object of texts. */
  metadata: string;
  version: number;
  created_at: Instant;
  updated_at: Instant;
  /** `domainOf(email_normal)` */
  email_domain: string;
  /** `normalizeText` of the names; empty where there is none. */
  first_name_normal: string;
  last_name_normal: string;
  name_normal: string;
  /** `last_sign_in_at`; empty for those who never did. */
  last_sign_in_order: string;
  /** Number of the user's entry in `user_search`; in an environment, in the order users were written. */
  search_number: number;
}

/** The numbers of environments in `user_search`, and the last one given to a user of each. */
export interface SearchSpaceTable {
  number: Generated<number>;
  environment_id: EnvironmentId;
  last: number;
}

/** Numbers of users, kept by triggers of `users`. */
export interface UserTotalTable {
  environment_id: EnvironmentId;
  email_verified: 0 | 1;
  users: number;
}

/** Numbers of members, kept by triggers of `organization_memberships`. */
export interface OrganizationTotalTable {
  environment_id: EnvironmentId;
  organization_id: OrganizationId;
  users: number;
}

export type UserRow = Selectable<UserTable>;

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    email: row.email,
    emailVerified: row.email_verified === 1,
    firstName: row.first_name,
    lastName: row.last_name,
    name: row.name,
    profilePictureUrl: row.profile_picture_url,
    locale: row.locale,
    lastSignInAt: row.last_sign_in_at,
    externalId: row.external_id,
    // Written by toUserRow only, from checked metadata.
    metadata: JSON.parse(row.metadata) as Metadata,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function toUserRow(environmentId: EnvironmentId, user: User, searchNumber: number): UserRow {
  const emailNormal = normalizeEmail(user.email);
  return {
    environment_id: environmentId,
    id: user.id,
    email: user.email,
    email_normal: emailNormal,
    email_verified: user.emailVerified ? 1 : 0,
    first_name: user.firstName,
    last_name: user.lastName,
    name: user.name,
    profile_picture_url: user.profilePictureUrl,
    locale: user.locale,
    last_sign_in_at: user.lastSignInAt,
    external_id: user.externalId,
    metadata: JSON.stringify(user.metadata),
    version: user.version,
    created_at: user.createdAt,
    updated_at: user.updatedAt,
    email_domain: domainOf(emailNormal),
    first_name_normal: normalizeText(user.firstName ?? ''),
    last_name_normal: normalizeText(user.lastName ?? ''),
    name_normal: normalizeText(user.name ?? ''),
    last_sign_in_order: user.lastSignInAt ?? '',
    search_number: searchNumber,
  };
}
