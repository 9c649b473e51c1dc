import { authorize } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import {
  type DomainError,
  InUseError,
  type InvalidInputError,
  MAX_USES_NAMED,
  MutationFailure,
  NotFoundError,
  refuseIfAny,
} from '../domain/errors.js';
import { type ApplicationId, createdAtOf, type Ids, isId } from '../domain/ids.js';
import type { EventLog } from '../events/event.service.js';
import { checkIdempotencyKey } from '../idempotency/idempotency.js';
import type { Idempotency } from '../idempotency/idempotency.service.js';
import { changedFields } from '../input/patch.js';
import { checkRequiredName, checkUnicode } from '../input/text.js';
import type { DeletionBlocker, OrganizationService } from '../organizations/organization.service.js';
import type { Page, PageRequest } from '../paging/paging.js';
import type { Clock } from '../runtime/clock.js';
import { patchApplication } from './application.input.js';
import {
  type Application,
  type ApplicationFilter,
  type ApplicationPatch,
  checkForm,
  MAX_GRANTS_DELETED,
  type NewApplication,
  parseRedirectUris,
  parseScopes,
} from './application.js';
import * as store from './application.store.js';
import * as grantStore from './authorized-application.store.js';

export interface ApplicationService {
  /** @throws {MutationFailure} with every problem of the input */
  createApplication(viewer: Viewer, input: NewApplication): Promise<Application>;
  /** @throws {MutationFailure} NOT_FOUND, or every problem of the patch */
  updateApplication(viewer: Viewer, id: string, patch: ApplicationPatch): Promise<Application>;
  /** Deletes an application and its grants. @throws {MutationFailure} NOT_FOUND or IN_USE */
  deleteApplication(viewer: Viewer, id: string): Promise<ApplicationId>;
  listApplications(viewer: Viewer, filter: ApplicationFilter, request: PageRequest): Promise<Page<Application>>;
  countApplications(viewer: Viewer, filter: ApplicationFilter): Promise<number>;
  /** Finds an application by its id or client id. Returns null when there is none. */
  find(db: Handle, viewer: Viewer, id: string): Promise<Application | null>;
}

export function createApplicationService(deps: {
  db: Database;
  clock: Clock;
  ids: Ids;
  events: EventLog;
  idempotency: Idempotency;
  organizations: OrganizationService;
}): ApplicationService {
  const { db, clock, ids, events, idempotency, organizations } = deps;

  async function find(handle: Handle, viewer: Viewer, id: string): Promise<Application | null> {
    if (isId('conn_app', id)) return (await store.findMany(handle, viewer.environmentId, [id])).get(id) ?? null;
    if (!isId('client', id)) return null;
    return (await store.findManyByClientId(handle, viewer.environmentId, [id])).get(id) ?? null;
  }

  async function require(trx: Transaction, viewer: Viewer, id: string): Promise<Application> {
    const application = await find(trx, viewer, id);
    if (!application) throw new MutationFailure(new NotFoundError('Application', id, ['id']));
    return application;
  }

  /** Returns the id of the organization in an input. Reports a problem when it does not exist. */
  async function organizationOf(trx: Transaction, viewer: Viewer, id: string | null, problems: DomainError[]) {
    const organization = id === null ? null : await organizations.find(trx, viewer, id);
    if (id !== null && !organization) problems.push(new NotFoundError('Organization', id, ['organizationId']));
    return organization?.id ?? null;
  }

  async function save(trx: Transaction, viewer: Viewer, application: Application, changed: Application) {
    const previous = changedFields(application, changed);
    if (Object.keys(previous).length === 0) return application;
    const next = { ...changed, updatedAt: clock.now() };
    await store.update(trx, viewer.environmentId, next);
    await events.append(trx, viewer, { name: 'application.updated', data: next, previous });
    return next;
  }

  return {
    async createApplication(viewer, { idempotencyKey: key, ...input }) {
      authorize(viewer, 'applications.createApplication');
      return idempotency.once<Application>(viewer, { operation: 'createApplication', key, input }, (transaction) =>
        transaction(async (trx) => {
          const invalid: InvalidInputError[] = [];
          checkIdempotencyKey(key, invalid);
          checkRequiredName('name', input.name, invalid);
          checkForm(input, invalid);
          const scopes = parseScopes(input.scopes, invalid);
          const redirectUris = parseRedirectUris(input.redirectUris, invalid);
          checkUnicode(input, invalid);
          const missing: DomainError[] = [];
          const organizationId = await organizationOf(trx, viewer, input.organizationId ?? null, missing);
          refuseIfAny([...invalid, ...missing]);
          const id = ids.next('conn_app');
          const createdAt = createdAtOf(id);
          const isOauth = input.kind === 'OAUTH';
          const application: Application = {
            id,
            clientId: ids.next('client'),
            name: input.name,
            description: input.description ?? null,
            kind: input.kind,
            scopes,
            redirectUris,
            usesPkce: isOauth ? input.usesPkce : null,
            isFirstParty: isOauth ? input.isFirstParty : null,
            organizationId,
            createdAt,
            updatedAt: createdAt,
          };
          await store.insert(trx, viewer.environmentId, application);
          await events.append(trx, viewer, { name: 'application.created', data: application });
          return application;
        }),
      );
    },
    async updateApplication(viewer, id, { organizationId: wanted, ...patch }) {
      authorize(viewer, 'applications.updateApplication');
      return db.transaction(viewer.environmentId, async (trx) => {
        const application = await require(trx, viewer, id);
        const invalid: InvalidInputError[] = [];
        const missing: DomainError[] = [];
        const organizationId =
          wanted === undefined ? application.organizationId : await organizationOf(trx, viewer, wanted, missing);
        // A missing organization is reported once, as not found, and not by the other checks.
        const shown = missing.length > 0 ? application.organizationId : organizationId;
        const next = patchApplication(application, patch, shown, invalid);
        refuseIfAny([...invalid, ...missing]);
        return save(trx, viewer, application, next);
      });
    },
    async deleteApplication(viewer, id) {
      authorize(viewer, 'applications.deleteApplication');
      return db.transaction(viewer.environmentId, async (trx) => {
        const application = await require(trx, viewer, id);
        const { environmentId } = viewer;
        // Deleting one more than the limit detects an excess without counting all rows. The error rolls this back.
        const limit = MAX_GRANTS_DELETED + 1;
        const grants = await grantStore.removeByApplication(trx, environmentId, application.id, limit);
        if (grants.length > MAX_GRANTS_DELETED) {
          const message = `More than ${MAX_GRANTS_DELETED} users have authorized it. Revoke some grants first.`;
          const named = grants.slice(0, MAX_USES_NAMED).map((grant) => grant.id);
          throw new MutationFailure(new InUseError(message, named));
        }
        await store.remove(trx, environmentId, application.id);
        const revocations = grants.map((data) => ({ name: 'authorized_application.deleted', data }) as const);
        await events.append(trx, viewer, ...revocations, { name: 'application.deleted', data: application });
        return application.id;
      });
    },
    async listApplications(viewer, filter, request) {
      authorize(viewer, 'applications.listApplications');
      return store.page(db.reader, viewer.environmentId, filter, request);
    },
    async countApplications(viewer, filter) {
      authorize(viewer, 'applications.countApplications');
      return store.count(db.reader, viewer.environmentId, filter);
    },
    find,
  };
}

/** Finds the applications that prevent the deletion of an organization. */
export const findBlockingApplications: DeletionBlocker = (trx, viewer, organizationId, limit) =>
  store.idsOfOrganization(trx, viewer.environmentId, organizationId, limit);
