import type { Selectable } from 'kysely';
import type { Instant } from '../clock.js';
import type { ApplicationId, ClientId, EnvironmentId, OrganizationId } from '../ids.js';
import type { Application, ApplicationKind, RedirectUri } from './application.js';

export interface ApplicationTable {
  environment_id: EnvironmentId;
  id: ApplicationId;
  client_id: ClientId;
  name: string;
  description: string | null;
  kind: ApplicationKind;
  /** JSON list of texts. */
  scopes: string;
  /** JSON list of RedirectUri. */
  redirect_uris: string;
  uses_pkce: 0 | 1 | null;
  is_first_party: 0 | 1 | null;
  organization_id: OrganizationId | null;
  created_at: Instant;
  updated_at: Instant;
}

export type ApplicationRow = Selectable<ApplicationTable>;

export function toApplication(row: ApplicationRow): Application {
  return {
    id: row.id,
    clientId: row.client_id,
    name: row.name,
    description: row.description,
    kind: row.kind,
    // Both written by toApplicationRow only.
    scopes: JSON.parse(row.scopes) as string[],
    redirectUris: JSON.parse(row.redirect_uris) as RedirectUri[],
    usesPkce: toBoolean(row.uses_pkce),
    isFirstParty: toBoolean(row.is_first_party),
    organizationId: row.organization_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function toApplicationRow(environmentId: EnvironmentId, application: Application): ApplicationRow {
  return {
    environment_id: environmentId,
    id: application.id,
    client_id: application.clientId,
    name: application.name,
    description: application.description,
    kind: application.kind,
    scopes: JSON.stringify(application.scopes),
    redirect_uris: JSON.stringify(application.redirectUris),
    uses_pkce: fromBoolean(application.usesPkce),
    is_first_party: fromBoolean(application.isFirstParty),
    organization_id: application.organizationId,
    created_at: application.createdAt,
    updated_at: application.updatedAt,
  };
}

function toBoolean(value: 0 | 1 | null): boolean | null {
  return value === null ? null : value === 1;
}

function fromBoolean(value: boolean | null): 0 | 1 | null {
  return value === null ? null : value ? 1 : 0;
}
