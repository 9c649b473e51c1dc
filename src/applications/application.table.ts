import type { Selectable } from 'kysely';
import { flag, json, mappingOf, text } from '../db/mapping.js';
import type { ApplicationId, ClientId, EnvironmentId, OrganizationId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { Application, ApplicationKind } from './application.js';

declare module '../db/tables.js' {
  interface Tables {
    applications: ApplicationTable;
  }
}

export interface ApplicationTable {
  environment_id: EnvironmentId;
  id: ApplicationId;
  client_id: ClientId;
  name: string;
  description: string | null;
  kind: ApplicationKind;
  /** JSON array of strings. */
  scopes: string;
  /** JSON array of `RedirectUri`. */
  redirect_uris: string;
  uses_pkce: 0 | 1 | null;
  is_first_party: 0 | 1 | null;
  organization_id: OrganizationId | null;
  created_at: Instant;
  updated_at: Instant;
}

export type ApplicationRow = Selectable<ApplicationTable>;

/** The columns of the properties of an application. */
export const APPLICATIONS = mappingOf<Application, 'applications'>('applications')({
  id: text('id'),
  clientId: text('client_id'),
  name: text('name'),
  description: text('description'),
  kind: text('kind'),
  scopes: json('scopes'),
  redirectUris: json('redirect_uris'),
  usesPkce: flag('uses_pkce'),
  isFirstParty: flag('is_first_party'),
  organizationId: text('organization_id'),
  createdAt: text('created_at'),
  updatedAt: text('updated_at'),
});

export const toApplication = APPLICATIONS.toItem;

export function toApplicationRow(environmentId: EnvironmentId, application: Application): ApplicationRow {
  return { environment_id: environmentId, ...APPLICATIONS.toColumns(application) };
}
