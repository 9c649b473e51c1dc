import type { Viewer } from '../auth/viewer.js';
import type { Clock } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import type { Unit } from '../db/writer.js';
import {
  ExternalIdTakenError,
  InUseError,
  type InvalidInputError,
  MAX_USES_NAMED,
  MutationFailure,
  NotFoundError,
  refuseIfAny,
} from '../errors.js';
import type { NewEvent } from '../events/event.js';
import type { EventLog } from '../events/event.service.js';
import { checkIdempotencyKey } from '../idempotency/idempotency.js';
import type { Idempotency, Transact } from '../idempotency/idempotency.service.js';
import { createdAtOf, type Ids, isId, type OrganizationId } from '../ids.js';
import { parseMetadata, patchMetadata } from '../metadata.js';
import type { Page, PageRequest } from '../paging.js';
import { changedFields, patched, refuseNulls } from '../patch.js';
import { checkExternalId, checkRequiredName, checkUnicode } from '../text.js';
import {
  MAX_MEMBERSHIPS_DELETED,
  type NewOrganization,
  type Organization,
  type OrganizationFilter,
  type OrganizationPatch,
} from './organization.js';
import * as store from './organization.store.js';
import { membershipEvent } from './organization-membership.js';
import * as membershipStore from './organization-membership.store.js';

/** Ids of what another feature keeps of an organization that may not lose it: up to `limit` of them. */
export type OrganizationHold = (
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
  /** Deletes an organization and ends its memberships. @throws {MutationFailure} NOT_FOUND, or IN_USE for each reason */
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
  /** What keeps an organization from being deleted; foreign keys refuse the deletion when one is forgotten. */
  holds: readonly OrganizationHold[];
}): OrganizationService {
  const { db, clock, ids, events, idempotency, holds } = deps;

  /** Runs a unit that writes an organization, and turns the unique index's no into the caller's conflict. */
  async function writing<T>(
    transaction: Transact<T>,
    externalId: string | null | undefined,
    unit: Unit<T>,
  ): Promise<T> {
    try {
      return await transaction(unit);
    } catch (error) {
      if (!store.isExternalIdTaken(error)) throw error;
      throw new MutationFailure(new ExternalIdTakenError(externalId ?? ''));
    }
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

  /** Throws the problems of an input together with the conflict its external id would run into. */
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

  /** What keeps an organization from being deleted. */
  async function reasonsAgainst(trx: Transaction, viewer: Viewer, id: OrganizationId): Promise<InUseError[]> {
    const reasons: InUseError[] = [];
    for (const hold of holds) {
      const usedBy = await hold(trx, viewer, id, MAX_USES_NAMED);
      if (usedBy.length > 0)
        reasons.push(new InUseError('Applications belong to it: delete or move them first.', usedBy));
    }
    return reasons;
  }

  return {
    createOrganization: (viewer, { idempotencyKey: key, ...input }) =>
      idempotency.once<Organization>(viewer, { operation: 'createOrganization', key, input }, async (transaction) => {
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
          await events.append(trx, viewer, organizationEvent('organization.created', organization));
          return organization;
        });
      }),

    updateOrganization: (viewer, id, patch) =>
      writing(
        (unit) => db.transaction(unit),
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
          await events.append(trx, viewer, { ...organizationEvent('organization.updated', next), previous });
          return next;
        },
      ),

    deleteOrganization: (viewer, id) =>
      db.transaction(async (trx) => {
        const organization = await require(trx, viewer, id);
        const reasons = await reasonsAgainst(trx, viewer, organization.id);
        // One more than may go: that there are too many is known without counting them all, and rolls this back.
        const limit = MAX_MEMBERSHIPS_DELETED + 1;
        const ended = await membershipStore.removeByOrganization(trx, viewer.environmentId, organization.id, limit);
        if (ended.length > MAX_MEMBERSHIPS_DELETED) {
          const message = `It has more than ${MAX_MEMBERSHIPS_DELETED} memberships: delete memberships first.`;
          const named = ended.slice(0, MAX_USES_NAMED).map((membership) => membership.id);
          reasons.push(new InUseError(message, named));
        }
        refuseIfAny(reasons);
        await store.remove(trx, viewer.environmentId, organization.id);
        const deletions = ended.map((membership) => membershipEvent('organization_membership.deleted', membership));
        await events.append(trx, viewer, ...deletions, organizationEvent('organization.deleted', organization));
        return organization.id;
      }),

    listOrganizations: (viewer, filter, request) => store.page(db.reader, viewer.environmentId, filter, request),
    countOrganizations: (viewer, filter) => store.count(db.reader, viewer.environmentId, filter),
    find,
  };
}

/** The organization after a patch. */
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

function organizationEvent(name: `organization.${'created' | 'updated' | 'deleted'}`, organization: Organization) {
  return { name, userId: null, organizationId: organization.id, data: organization } satisfies NewEvent;
}
