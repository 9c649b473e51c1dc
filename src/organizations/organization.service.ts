import { authorize } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import type { Database, Unit } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import { orOnConflict } from '../db/unique-violation.js';
import {
  ExternalIdTakenError,
  InUseError,
  type InvalidInputError,
  MAX_USES_NAMED,
  MutationFailure,
  NotFoundError,
  refuseIfAny,
} from '../domain/errors.js';
import { createdAtOf, type Ids, isId, type OrganizationId } from '../domain/ids.js';
import type { EventLog } from '../events/event.service.js';
import { checkIdempotencyKey } from '../idempotency/idempotency.js';
import type { Idempotency, Transact } from '../idempotency/idempotency.service.js';
import { parseMetadata, patchMetadata } from '../input/metadata.js';
import { changedFields, patched, refuseNulls } from '../input/patch.js';
import { checkExternalId, checkRequiredName, checkUnicode } from '../input/text.js';
import type { Page, PageRequest } from '../paging/paging.js';
import type { Clock } from '../runtime/clock.js';
import {
  MAX_MEMBERSHIPS_DELETED,
  type NewOrganization,
  type Organization,
  type OrganizationFilter,
  type OrganizationPatch,
} from './organization.js';
import * as store from './organization.store.js';
import * as membershipStore from './organization-membership.store.js';

/** Returns up to `limit` ids of objects of another feature that prevent the deletion of an organization. */
export type DeletionBlocker = (
  trx: Transaction,
  viewer: Viewer,
  organizationId: OrganizationId,
  limit: number,
) => Promise<readonly string[]>;

export interface OrganizationService {
  /** @throws {MutationFailure} with every problem of the input */
  createOrganization(viewer: Viewer, input: NewOrganization): Promise<Organization>;
  /** @throws {MutationFailure} NOT_FOUND, or every problem of the patch */
  updateOrganization(viewer: Viewer, id: string, patch: OrganizationPatch): Promise<Organization>;
  /** Deletes an organization and its memberships. @throws {MutationFailure} NOT_FOUND, or IN_USE for each reason */
  deleteOrganization(viewer: Viewer, id: string): Promise<OrganizationId>;
  listOrganizations(viewer: Viewer, filter: OrganizationFilter, request: PageRequest): Promise<Page<Organization>>;
  countOrganizations(viewer: Viewer, filter: OrganizationFilter): Promise<number>;
  find(db: Handle, viewer: Viewer, id: string): Promise<Organization | null>;
}

export function createOrganizationService(deps: {
  db: Database;
  clock: Clock;
  ids: Ids;
  events: EventLog;
  idempotency: Idempotency;
  /** Checks that can prevent the deletion of an organization. Foreign keys enforce the same rules. */
  deletionBlockers: readonly DeletionBlocker[];
}): OrganizationService {
  const { db, clock, ids, events, idempotency, deletionBlockers } = deps;

  /** Runs a unit that writes an organization. @throws {MutationFailure} EXTERNAL_ID_TAKEN */
  function writing<T>(transaction: Transact<T>, externalId: string | null | undefined, unit: Unit<T>): Promise<T> {
    return orOnConflict(
      { table: 'organizations', column: 'external_id' },
      () => transaction(unit),
      () => {
        throw new MutationFailure(new ExternalIdTakenError(externalId ?? ''));
      },
    );
  }

  async function find(handle: Handle, viewer: Viewer, id: string): Promise<Organization | null> {
    if (!isId('org', id)) return null;
    return (await store.findMany(handle, viewer.environmentId, [id])).get(id) ?? null;
  }

  async function require(trx: Transaction, viewer: Viewer, id: string): Promise<Organization> {
    const organization = await find(trx, viewer, id);
    if (!organization) throw new MutationFailure(new NotFoundError('Organization', id, ['id']));
    return organization;
  }

  /** Throws the problems of an input, together with the conflict of its external id if there is one. */
  async function refuse(
    handle: Handle,
    viewer: Viewer,
    problems: readonly InvalidInputError[],
    { id, externalId }: { id: OrganizationId | null; externalId: string | null },
  ): Promise<void> {
    if (problems.length === 0) return;
    if (externalId === null || problems.some(({ path }) => path?.[0] === 'externalId')) refuseIfAny(problems);
    const owners = await store.findManyByExternalId(handle, viewer.environmentId, [externalId ?? '']);
    const owner = owners.get(externalId ?? '');
    const conflicts = owner && owner.id !== id ? [new ExternalIdTakenError(externalId ?? '')] : [];
    refuseIfAny([...problems, ...conflicts]);
  }

  /** Returns the reasons why an organization cannot be deleted. */
  async function reasonsAgainst(trx: Transaction, viewer: Viewer, id: OrganizationId): Promise<InUseError[]> {
    const reasons: InUseError[] = [];
    for (const blocker of deletionBlockers) {
      const usedBy = await blocker(trx, viewer, id, MAX_USES_NAMED);
      if (usedBy.length > 0)
        reasons.push(new InUseError('The organization has applications. Delete or move them first.', usedBy));
    }
    return reasons;
  }

  return {
    async createOrganization(viewer, { idempotencyKey: key, ...input }) {
      authorize(viewer, 'organizations.createOrganization');
      return idempotency.once<Organization>(
        viewer,
        { operation: 'createOrganization', key, input },
        async (transaction) => {
          const problems: InvalidInputError[] = [];
          checkRequiredName('name', input.name, problems);
          checkExternalId(input.externalId, problems);
          checkIdempotencyKey(key, problems);
          const metadata = parseMetadata(input.metadata ?? null, problems);
          checkUnicode(input, problems);
          await refuse(db.reader, viewer, problems, { id: null, externalId: input.externalId ?? null });
          return writing(transaction, input.externalId, async (trx) => {
            const id = ids.next('org');
            const createdAt = createdAtOf(id);
            const externalId = input.externalId ?? null;
            const organization = { id, name: input.name, externalId, metadata, createdAt, updatedAt: createdAt };
            await store.insert(trx, viewer.environmentId, organization);
            await events.append(trx, viewer, { name: 'organization.created', data: organization });
            return organization;
          });
        },
      );
    },

    async updateOrganization(viewer, id, patch) {
      authorize(viewer, 'organizations.updateOrganization');
      return writing(
        (unit) => db.transaction(viewer.environmentId, unit),
        patch.externalId,
        async (trx) => {
          const organization = await require(trx, viewer, id);
          const problems: InvalidInputError[] = [];
          const changed = patchOrganization(organization, patch, problems);
          await refuse(trx, viewer, problems, changed);
          const previous = changedFields(organization, changed);
          if (Object.keys(previous).length === 0) return organization;
          const next = { ...changed, updatedAt: clock.now() };
          await store.update(trx, viewer.environmentId, next);
          await events.append(trx, viewer, { name: 'organization.updated', data: next, previous });
          return next;
        },
      );
    },

    async deleteOrganization(viewer, id) {
      authorize(viewer, 'organizations.deleteOrganization');
      return db.transaction(viewer.environmentId, async (trx) => {
        const organization = await require(trx, viewer, id);
        const reasons = await reasonsAgainst(trx, viewer, organization.id);
        // Deleting one more than the limit detects an excess without counting all rows. The error rolls this back.
        const limit = MAX_MEMBERSHIPS_DELETED + 1;
        const ended = await membershipStore.removeByOrganization(trx, viewer.environmentId, organization.id, limit);
        if (ended.length > MAX_MEMBERSHIPS_DELETED) {
          const message = `The organization has more than ${MAX_MEMBERSHIPS_DELETED} memberships. Delete some first.`;
          const named = ended.slice(0, MAX_USES_NAMED).map((membership) => membership.id);
          reasons.push(new InUseError(message, named));
        }
        refuseIfAny(reasons);
        await store.remove(trx, viewer.environmentId, organization.id);
        const deletions = ended.map((data) => ({ name: 'organization_membership.deleted', data }) as const);
        await events.append(trx, viewer, ...deletions, { name: 'organization.deleted', data: organization });
        return organization.id;
      });
    },

    async listOrganizations(viewer, filter, request) {
      authorize(viewer, 'organizations.listOrganizations');
      return store.page(db.reader, viewer.environmentId, filter, request);
    },
    async countOrganizations(viewer, filter) {
      authorize(viewer, 'organizations.countOrganizations');
      return store.count(db.reader, viewer.environmentId, filter);
    },
    find,
  };
}

/** Applies a patch to an organization and reports problems. */
function patchOrganization(
  organization: Organization,
  patch: OrganizationPatch,
  problems: InvalidInputError[],
): Organization {
  refuseNulls(patch, ['name'], problems);
  const { metadata } = patch;
  const next = {
    ...organization,
    name: patch.name ?? organization.name,
    externalId: patched(patch.externalId, organization.externalId),
    metadata: metadata === undefined ? organization.metadata : patchMetadata(organization.metadata, metadata, problems),
  };
  checkRequiredName('name', next.name, problems);
  checkExternalId(next.externalId, problems);
  checkUnicode(patch, problems);
  return next;
}
