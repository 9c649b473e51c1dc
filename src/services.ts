import { type ApiKeyService, createApiKeyService } from './api-keys/api-key.service.js';
import {
  type ApplicationService,
  createApplicationService,
  findBlockingApplications,
} from './applications/application.service.js';
import {
  type AuthorizedApplicationService,
  createAuthorizedApplicationService,
  createGrantRemoval,
  createGrantUnits,
} from './applications/authorized-application.service.js';
import type { Database } from './db/database.js';
import type { Ids } from './domain/ids.js';
import { createEmailChangeService, type EmailChangeService } from './email-change/email-change.service.js';
import {
  createEmailVerificationService,
  type EmailVerificationService,
} from './email-verification/email-verification.service.js';
import { createEnvironmentService, type EnvironmentService } from './environments/environment.service.js';
import { EVENTS as descriptors } from './event-catalog/event-catalog.js';
import { createEventLog, createEventService, type EventService } from './events/event.service.js';
import { createEventErasure, type EventErasure } from './events/event-erasure.service.js';
import { createEventRetention, type EventRetention, type RetentionSettings } from './events/event-retention.service.js';
import { createEventStreams, type EventStreams } from './events/event-stream.service.js';
import { createIdempotency } from './idempotency/idempotency.service.js';
import { createMailQueue, type MailQueue, removeMails } from './mail/mail.service.js';
import { createMailComposer } from './mail/mail-composer.js';
import type { MailTemplates } from './mail/mail-templates.js';
import { MailWorker } from './mail/mail-worker.js';
import type { Mailer } from './mail/mailer.js';
import { createOneTimeCodeService, endCodes, removeCodes } from './one-time-codes/one-time-code.service.js';
import { createOrganizationService, type OrganizationService } from './organizations/organization.service.js';
import {
  createMembershipRemoval,
  createMembershipUnits,
  createOrganizationMembershipService,
  type OrganizationMembershipService,
} from './organizations/organization-membership.service.js';
import { createPasswordService, type PasswordService } from './passwords/password.service.js';
import type { Clock } from './runtime/clock.js';
import type { Logger } from './runtime/logger.js';
import type { Random } from './runtime/random.js';
import type { StartTimer } from './runtime/timer.js';
import { createSampleService, type SampleService } from './samples/sample.service.js';
import type { Delivering } from './scheduling/delivering.js';
import {
  createSessionRemoval,
  createSessionService,
  createSessionsEnd,
  type SessionService,
} from './sessions/session.service.js';
import { createSignInService, type SignInService } from './sessions/sign-in.service.js';
import {
  createStaffGrantRemoval,
  createStaffGrantService,
  type StaffGrantService,
} from './staff/staff-grant.service.js';
import {
  type AccessTokenService,
  createAccessTokenService,
  type TokenSettings,
} from './tokens/access-token.service.js';
import { type AuthenticationService, createAuthenticationService } from './tokens/authentication.service.js';
import { createIssuerService, type IssuerService } from './tokens/issuer.service.js';
import type { Fetch } from './tokens/key-set.js';
import { createSigningKeyService, type SigningKeyService } from './tokens/signing-key.service.js';
import { createImportRunService, type ImportRunService } from './transfers/import-run.service.js';
import { createUserExportService, type UserExportService } from './transfers/user-export.service.js';
import { createUserService, type UserService } from './users/user.service.js';
import { createUserCreation } from './users/user-creation.service.js';
import { createUserImportService } from './users/user-import.service.js';
import { createSearchCleaning } from './users/user-search.service.js';
import type { Network } from './webhooks/webhook-address.js';
import { createWebhookEndpointService, type WebhookEndpointService } from './webhooks/webhook-endpoint.service.js';
import { webhookKeeper } from './webhooks/webhook-keeper.js';
import { createWebhookSecrets } from './webhooks/webhook-secrets.js';
import { createWebhookSender } from './webhooks/webhook-sender.js';
import { WebhookWorker } from './webhooks/webhook-worker.js';

/** All services. `use-cases.ts` lists the methods that a request may call. */
export interface Services {
  readonly accessTokens: AccessTokenService;
  readonly apiKeys: ApiKeyService;
  readonly applications: ApplicationService;
  readonly authentication: AuthenticationService;
  readonly authorizedApplications: AuthorizedApplicationService;
  readonly emailChanges: EmailChangeService;
  readonly emailVerifications: EmailVerificationService;
  readonly environments: EnvironmentService;
  readonly events: EventService;
  readonly eventErasure: EventErasure;
  readonly eventRetention: EventRetention;
  readonly eventStreams: EventStreams;
  readonly issuers: IssuerService;
  readonly mails: MailQueue;
  readonly mailWorker: MailWorker;
  readonly memberships: OrganizationMembershipService;
  readonly organizations: OrganizationService;
  readonly samples: SampleService;
  readonly sessions: SessionService;
  readonly signIn: SignInService;
  readonly signingKeys: SigningKeyService;
  readonly staff: StaffGrantService;
  readonly userExports: UserExportService;
  readonly importRuns: ImportRunService;
  readonly passwords: Pick<PasswordService, 'waiting'>;
  readonly users: UserService;
  readonly webhookEndpoints: WebhookEndpointService;
  readonly webhookWorker: WebhookWorker;
}

/** External dependencies and settings of the services. */
export interface Resources {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly mailer: Mailer;
  readonly mailTemplates: MailTemplates;
  readonly delivering: Delivering;
  /** Name of the product in mails. */
  readonly productName: string;
  /** Maximum number of mails that an environment may queue per UTC day. */
  readonly dailyQuota: number;
  readonly secretKey: string;
  readonly production: boolean;
  readonly tokens: TokenSettings & { readonly sessionTtlSeconds: number };
  readonly fetch: Fetch;
  readonly startTimer: StartTimer;
  readonly retention: RetentionSettings;
  /** Days between the deletion of a user and the erasure of their data from the event log. Null means never. */
  readonly eventErasureDays: number | null;
  /** Private networks that webhooks may be sent to. */
  readonly webhookNetworks: readonly Network[];
}

export function createServices(resources: Resources): Services {
  const { clock, ids, random } = resources;
  const events = createEventLog(ids, descriptors);
  const eventReads = createEventService(resources);
  const passwords = createPasswordService(random);
  const idempotency = createIdempotency(resources);
  const { users, units } = createUserService({
    ...resources,
    events,
    passwords,
    idempotency,
    beforeDelete: [
      createGrantRemoval(events),
      createMembershipRemoval(events),
      removeMails,
      removeCodes,
      createSessionRemoval({ clock, events }),
      createStaffGrantRemoval(events),
      (trx, viewer, userId) => passwords.remove(trx, viewer.environmentId, userId),
    ],
    onEmailChange: [endCodes],
    onPasswordChange: [createSessionsEnd({ clock, events })],
  });
  const creation = createUserCreation({ ...resources, events, passwords, idempotency });
  const organizations = createOrganizationService({
    ...resources,
    events,
    idempotency,
    deletionBlockers: [findBlockingApplications],
  });
  const applications = createApplicationService({ ...resources, events, idempotency, organizations });
  const grants = createGrantUnits({ ids, events });
  const memberships = createMembershipUnits({ ids, events });
  const environments = createEnvironmentService({ ...resources, events });
  const codes = createOneTimeCodeService({ ...resources, users: units });
  const mails = createMailQueue(resources);
  const compose = createMailComposer({ ...resources, users: units, codes, templates: resources.mailTemplates });
  const mailWorker = new MailWorker({ ...resources, compose, delivering: resources.delivering });
  const withMail = { ...resources, users: units, codes, mails, mailWorker };
  const apiKeys = createApiKeyService({ ...resources, events, environments });
  const { tokens } = resources;
  const staff = createStaffGrantService({ ...resources, events, users: units });
  const { sessionTtlSeconds } = tokens;
  const sessions = createSessionService({ ...resources, events, staff, sessionTtlSeconds });
  const issuers = createIssuerService({ ...resources, events, publicUrl: tokens.publicUrl });
  const signingKeys = createSigningKeyService({ ...resources, events });
  const withWebhooks = { ...resources, events, eventReads, descriptors, secrets: createWebhookSecrets(resources) };
  const accessTokens = createAccessTokenService({
    ...resources,
    issuers,
    signingKeys,
    sessions,
    users: units,
    settings: tokens,
  });
  return {
    accessTokens,
    apiKeys,
    applications,
    authentication: createAuthenticationService({ apiKeys, accessTokens }),
    authorizedApplications: createAuthorizedApplicationService({
      ...resources,
      events,
      units: grants,
      users: units,
      applications,
    }),
    emailChanges: createEmailChangeService({ ...withMail, idempotency }),
    emailVerifications: createEmailVerificationService({ ...withMail, events, idempotency }),
    environments,
    events: eventReads,
    eventErasure: createEventErasure({
      ...resources,
      events: eventReads,
      descriptors,
      days: resources.eventErasureDays,
      remains: [idempotency.removeExpired, createSearchCleaning(resources)],
    }),
    eventRetention: createEventRetention({ ...resources, keeper: webhookKeeper }),
    eventStreams: createEventStreams({ db: resources.db, events: eventReads, descriptors }),
    issuers,
    mails,
    mailWorker,
    memberships: createOrganizationMembershipService({
      ...resources,
      events,
      units: memberships,
      users: units,
      organizations,
      idempotency,
    }),
    organizations,
    sessions,
    samples: createSampleService({
      ...resources,
      organizations,
      applications,
      creation,
      users: units,
      memberships,
      grants,
    }),
    signIn: createSignInService({ ...resources, environments, events, passwords, sessions, staff, users: units }),
    signingKeys,
    staff,
    userExports: createUserExportService({ ...resources, users, passwords }),
    importRuns: createImportRunService({
      ...resources,
      users: createUserImportService({ creation, passwords, users: units }),
    }),
    passwords: { waiting: passwords.waiting },
    users,
    webhookEndpoints: createWebhookEndpointService(withWebhooks),
    webhookWorker: new WebhookWorker({
      ...withWebhooks,
      sender: createWebhookSender(resources.webhookNetworks),
    }),
  };
}
