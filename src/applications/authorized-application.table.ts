import type { Selectable } from 'kysely';
import { json, mappingOf, text } from '../db/mapping.js';
import type { ApplicationId, AuthorizedApplicationId, EnvironmentId, UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { AuthorizedApplication } from './authorized-application.js';

declare module '../db/tables.js' {
  interface Tables {
    authorized_applications: AuthorizedApplicationTable;
  }
}

export interface AuthorizedApplicationTable {
  environment_id: EnvironmentId;
  id: AuthorizedApplicationId;
  user_id: UserId;
  application_id: ApplicationId;
  /** JSON array of strings. */
  granted_scopes: string;
  resource: string | null;
  created_at: Instant;
}

export type AuthorizedApplicationRow = Selectable<AuthorizedApplicationTable>;

/** The columns of the properties of a grant. */
export const AUTHORIZED_APPLICATIONS = mappingOf<AuthorizedApplication, 'authorized_applications'>(
  'authorized_applications',
)({
  id: text('id'),
  userId: text('user_id'),
  applicationId: text('application_id'),
  grantedScopes: json('granted_scopes'),
  resource: text('resource'),
  createdAt: text('created_at'),
});

export const toAuthorizedApplication = AUTHORIZED_APPLICATIONS.toItem;

export function toAuthorizedApplicationRow(
  environmentId: EnvironmentId,
  grant: AuthorizedApplication,
): AuthorizedApplicationRow {
  return { environment_id: environmentId, ...AUTHORIZED_APPLICATIONS.toColumns(grant) };
}
