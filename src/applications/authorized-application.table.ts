import type { Selectable } from 'kysely';
import type { Instant } from '../clock.js';
import type { ApplicationId, AuthorizedApplicationId, EnvironmentId, UserId } from '../ids.js';
import type { AuthorizedApplication } from './authorized-application.js';

export interface AuthorizedApplicationTable {
  environment_id: EnvironmentId;
  id: AuthorizedApplicationId;
  user_id: UserId;
  application_id: ApplicationId;
  /** JSON list of texts. */
  granted_scopes: string;
  resource: string | null;
  created_at: Instant;
}

export type AuthorizedApplicationRow = Selectable<AuthorizedApplicationTable>;

export function toAuthorizedApplication(row: AuthorizedApplicationRow): AuthorizedApplication {
  return {
    id: row.id,
    userId: row.user_id,
    applicationId: row.application_id,
    // Written by toAuthorizedApplicationRow only.
    grantedScopes: JSON.parse(row.granted_scopes) as string[],
    resource: row.resource,
    createdAt: row.created_at,
  };
}

export function toAuthorizedApplicationRow(
  environmentId: EnvironmentId,
  grant: AuthorizedApplication,
): AuthorizedApplicationRow {
  return {
    environment_id: environmentId,
    id: grant.id,
    user_id: grant.userId,
    application_id: grant.applicationId,
    granted_scopes: JSON.stringify(grant.grantedScopes),
    resource: grant.resource,
    created_at: grant.createdAt,
  };
}
