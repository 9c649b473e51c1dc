import type { Viewer } from '../auth/viewer.js';
import type { Handle } from '../db/handle.js';
import { ExternalIdTakenError, type InvalidInputError, MutationFailure, refuseIfAny } from '../errors.js';
import type { EventLog } from '../events/event.service.js';
import { checkIdempotencyKey } from '../idempotency/idempotency.js';
import type { Idempotency } from '../idempotency/idempotency.service.js';
import { createdAtOf, type Ids, isId } from '../ids.js';
import { parseMetadata } from '../metadata.js';
import { checkExternalId, checkRequiredName } from '../text.js';
import type { NewOrganization, Organization } from './organization.js';
import * as store from './organization.store.js';

export interface OrganizationService {
  /** @throws {MutationFailure} with every problem of the input */
  createOrganization(viewer: Viewer, input: NewOrganization): Promise<Organization>;
  find(db: Handle, viewer: Viewer, id: string): Promise<Organization | null>;
}

export function createOrganizationService(deps: {
  ids: Ids;
  events: EventLog;
  idempotency: Idempotency;
}): OrganizationService {
  const { ids, events, idempotency } = deps;
  return {
    createOrganization: (viewer, { idempotencyKey: key, ...input }) =>
      idempotency.once<Organization>(viewer, { operation: 'createOrganization', key, input }, async (transaction) => {
        const problems: InvalidInputError[] = [];
        checkRequiredName('name', input.name, problems);
        checkExternalId(input.externalId, problems);
        checkIdempotencyKey(key, problems);
        const metadata = parseMetadata(input.metadata ?? null, problems);
        refuseIfAny(problems);
        try {
          return await transaction(async (trx) => {
            const id = ids.next('org');
            const createdAt = createdAtOf(id);
            const externalId = input.externalId ?? null;
            const organization = { id, name: input.name, externalId, metadata, createdAt, updatedAt: createdAt };
            await store.insert(trx, viewer.environmentId, organization);
            await events.append(trx, viewer, {
              name: 'organization.created',
              userId: null,
              organizationId: id,
              data: organization,
            });
            return organization;
          });
        } catch (error) {
          if (!store.isExternalIdTaken(error)) throw error;
          throw new MutationFailure(new ExternalIdTakenError(input.externalId ?? ''));
        }
      }),
    async find(handle, viewer, id) {
      if (!isId('org', id)) return null;
      return (await store.findMany(handle, viewer.environmentId, [id])).get(id) ?? null;
    },
  };
}
