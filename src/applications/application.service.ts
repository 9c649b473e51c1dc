import type { Viewer } from '../auth/viewer.js';
import type { Handle } from '../db/handle.js';
import { type DomainError, type InvalidInputError, NotFoundError, refuseIfAny } from '../errors.js';
import type { EventLog } from '../events/event.service.js';
import { checkIdempotencyKey } from '../idempotency/idempotency.js';
import type { Idempotency } from '../idempotency/idempotency.service.js';
import { createdAtOf, type Ids, isId } from '../ids.js';
import type { OrganizationService } from '../organizations/organization.service.js';
import { checkRequiredName } from '../text.js';
import { type Application, checkNewApplication, type NewApplication, parseScopes } from './application.js';
import * as store from './application.store.js';

export interface ApplicationService {
  /** @throws {MutationFailure} with every problem of the input */
  createApplication(viewer: Viewer, input: NewApplication): Promise<Application>;
  /** By application id or client id; null when there is none. */
  find(db: Handle, viewer: Viewer, id: string): Promise<Application | null>;
}

export function createApplicationService(deps: {
  ids: Ids;
  events: EventLog;
  idempotency: Idempotency;
  organizations: OrganizationService;
}): ApplicationService {
  const { ids, events, idempotency, organizations } = deps;
  return {
    createApplication: (viewer, { idempotencyKey: key, ...input }) =>
      idempotency.once<Application>(viewer, { operation: 'createApplication', key, input }, (transaction) =>
        transaction(async (trx) => {
          const invalid: InvalidInputError[] = [];
          checkIdempotencyKey(key, invalid);
          checkRequiredName('name', input.name, invalid);
          checkNewApplication(input, invalid);
          const scopes = parseScopes(input.scopes, invalid);
          const { organizationId } = input;
          const organization = organizationId == null ? null : await organizations.find(trx, viewer, organizationId);
          const problems: DomainError[] = [...invalid];
          if (organizationId != null && !organization) {
            problems.push(new NotFoundError('Organization', organizationId, ['organizationId']));
          }
          refuseIfAny(problems);
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
            redirectUris: input.redirectUris.map((uri, index) => ({ uri, isDefault: index === 0 })),
            usesPkce: isOauth ? input.usesPkce : null,
            isFirstParty: isOauth ? input.isFirstParty : null,
            organizationId: organization?.id ?? null,
            createdAt,
            updatedAt: createdAt,
          };
          await store.insert(trx, viewer.environmentId, application);
          await events.append(trx, viewer, {
            name: 'application.created',
            userId: null,
            organizationId: application.organizationId,
            data: application,
          });
          return application;
        }),
      ),
    async find(handle, viewer, id) {
      if (isId('conn_app', id)) return (await store.findMany(handle, viewer.environmentId, [id])).get(id) ?? null;
      if (!isId('client', id)) return null;
      return (await store.findManyByClientId(handle, viewer.environmentId, [id])).get(id) ?? null;
    },
  };
}
