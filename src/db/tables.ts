import type { Selectable } from 'kysely';
import type { ApplicationTable } from '../applications/application.table.js';
import type { AuthorizedApplicationTable } from '../applications/authorized-application.table.js';
import type { ApiKeyTable } from '../auth/api-key.table.js';
import type { EnvironmentTable } from '../environments/environment.table.js';
import type { EventSequenceTable, EventTable } from '../events/event.table.js';
import type { IdempotencyKeyTable } from '../idempotency/idempotency.table.js';
import type { MailDayTable, MailTable } from '../mail/mail.table.js';
import type { OneTimeCodeTable } from '../one-time-codes/one-time-code.table.js';
import type { OrganizationTable } from '../organizations/organization.table.js';
import type { OrganizationMembershipTable } from '../organizations/organization-membership.table.js';
import type { PasswordTable } from '../passwords/password.table.js';
import type { SessionTable, SignInAttemptTable } from '../sessions/session.table.js';
import type { StaffGrantTable } from '../staff/staff-grant.table.js';
import type { IssuerTable } from '../tokens/issuer.table.js';
import type { SigningKeyTable } from '../tokens/signing-key.table.js';
import type { ImportRunTable } from '../transfers/import-run.table.js';
import type { OrganizationTotalTable, SearchSpaceTable, UserTable, UserTotalTable } from '../users/user.table.js';
import type { WebhookDeliveryTable, WebhookEndpointTable } from '../webhooks/webhook-endpoint.table.js';
import type { ListTotalTable } from './totals.js';

/** Every table by its name; made by the steps in `migrations/`. */
export interface Tables {
  api_keys: ApiKeyTable;
  applications: ApplicationTable;
  authorized_applications: AuthorizedApplicationTable;
  environments: EnvironmentTable;
  event_sequences: EventSequenceTable;
  events: EventTable;
  idempotency_keys: IdempotencyKeyTable;
  issuers: IssuerTable;
  list_totals: ListTotalTable;
  mail_days: MailDayTable;
  mails: MailTable;
  one_time_codes: OneTimeCodeTable;
  organization_memberships: OrganizationMembershipTable;
  organization_totals: OrganizationTotalTable;
  organizations: OrganizationTable;
  passwords: PasswordTable;
  schema_migrations: { name: string; applied_at: string };
  search_spaces: SearchSpaceTable;
  sessions: SessionTable;
  sign_in_attempts: SignInAttemptTable;
  signing_keys: SigningKeyTable;
  staff_grants: StaffGrantTable;
  user_imports: ImportRunTable;
  user_totals: UserTotalTable;
  users: UserTable;
  webhook_deliveries: WebhookDeliveryTable;
  webhook_endpoints: WebhookEndpointTable;
}

/** A row of a table as it is read. */
export type Row<Table extends keyof Tables> = Selectable<Tables[Table]>;
