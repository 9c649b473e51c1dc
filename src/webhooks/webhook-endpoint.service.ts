import { authorize } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import { InvalidInputError, MutationFailure, NotFoundError, refuseIfAny } from '../domain/errors.js';
import { createdAtOf, type Ids, isId, type WebhookEndpointId } from '../domain/ids.js';
import type { EventLog, EventService } from '../events/event.service.js';
import { changedFields, refuseNulls } from '../input/patch.js';
import type { Page, PageRequest, Position } from '../paging/paging.js';
import { addSeconds, type Clock } from '../runtime/clock.js';
import type { Network } from './webhook-address.js';
import {
  checkTypes,
  type EndpointWithSecret,
  MAX_SECRET_OVERLAP_SECONDS,
  MAX_WEBHOOK_ENDPOINTS,
  type NewWebhookEndpoint,
  type Progress,
  parseEndpointUrl,
  type WebhookEndpoint,
  type WebhookEndpointPatch,
} from './webhook-endpoint.js';
import * as store from './webhook-endpoint.store.js';
import { webhookEndpointEventData } from './webhook-endpoint-events.js';
import type { WebhookSecrets } from './webhook-secrets.js';

export interface WebhookEndpointService {
  /** Lists the endpoints of the environment, newest first. */
  listWebhookEndpoints(viewer: Viewer, request: PageRequest): Promise<Page<WebhookEndpoint>>;
  countWebhookEndpoints(viewer: Viewer): Promise<number>;
  /**
   * Creates an endpoint. It receives the events that occur from now on.
   *
   * @throws {MutationFailure} with every problem of the input, DUPLICATE_ENDPOINT, or INVALID_INPUT when the
   *   environment already has `MAX_WEBHOOK_ENDPOINTS`
   */
  createWebhookEndpoint(viewer: Viewer, input: NewWebhookEndpoint): Promise<EndpointWithSecret>;
  /**
   * Updates an endpoint. Delivery to an endpoint that is enabled again resumes with the event at which it stopped.
   *
   * @throws {MutationFailure} NOT_FOUND, DUPLICATE_ENDPOINT, or every problem of the patch
   */
  updateWebhookEndpoint(viewer: Viewer, id: string, patch: WebhookEndpointPatch): Promise<WebhookEndpoint>;
  /**
   * Replaces the signing secret of an endpoint. Deliveries are also signed with the previous secret for
   * `overlapSeconds`.
   *
   * @throws {MutationFailure} NOT_FOUND or INVALID_INPUT
   */
  rotateSecret(viewer: Viewer, id: string, overlapSeconds: number): Promise<EndpointWithSecret>;
  /**
   * Sends the events after a position in the event log to the endpoint, including those already delivered.
   * `queued` is the number of these events, up to `MAX_QUEUED_COUNT`.
   *
   * @throws {MutationFailure} NOT_FOUND
   * @throws {RequestError} CURSOR_EXPIRED or BAD_USER_INPUT for `after`
   */
  replay(viewer: Viewer, id: string, after: Position): Promise<{ endpoint: WebhookEndpoint; queued: number }>;
  /** Deletes an endpoint and its delivery history. @throws {MutationFailure} NOT_FOUND */
  deleteWebhookEndpoint(viewer: Viewer, id: string): Promise<WebhookEndpointId>;
}

/** Upper limit of the count that `replay` returns. Further events are sent, too. */
export const MAX_QUEUED_COUNT = 10_000;

export function createWebhookEndpointService(deps: {
  db: Database;
  clock: Clock;
  ids: Ids;
  events: EventLog;
  eventReads: EventService;
  secrets: WebhookSecrets;
  webhookNetworks: readonly Network[];
}): WebhookEndpointService {
  const { db, clock, ids, events, eventReads, secrets, webhookNetworks: networks } = deps;

  async function require(trx: Transaction, { environmentId }: Viewer, id: string): Promise<WebhookEndpoint> {
    const endpoint = isId('we', id) ? (await store.findMany(trx, environmentId, [id])).get(id) : undefined;
    if (!endpoint) throw new MutationFailure(new NotFoundError('Webhook endpoint', id, ['id']));
    return endpoint;
  }

  /** Returns the progress that resumes delivery immediately: at `position`, or where it stopped, without failures. */
  function restart({ progress }: WebhookEndpoint, position = progress.position): Progress {
    return { ...progress, position, attempts: 0, failingSince: null, nextAttemptAt: clock.now() };
  }

  return {
    async listWebhookEndpoints(viewer, request) {
      authorize(viewer, 'webhookEndpoints.listWebhookEndpoints');
      return store.page(db.reader, viewer.environmentId, request);
    },
    async countWebhookEndpoints(viewer) {
      authorize(viewer, 'webhookEndpoints.countWebhookEndpoints');
      return store.count(db.reader, viewer.environmentId);
    },

    async createWebhookEndpoint(viewer, { url: text, types }) {
      authorize(viewer, 'webhookEndpoints.createWebhookEndpoint');
      return db.transaction(viewer.environmentId, async (trx) => {
        const problems: InvalidInputError[] = [];
        const url = parseEndpointUrl(text, networks, problems);
        checkTypes(types, problems);
        if ((await store.count(trx, viewer.environmentId)) >= MAX_WEBHOOK_ENDPOINTS) problems.push(tooMany());
        refuseIfAny(problems);
        const id = ids.next('we');
        const createdAt = createdAtOf(id);
        const { secret, sealed } = secrets.create(id);
        const start = { position: 0, claims: 0, attempts: 0, failingSince: null, nextAttemptAt: createdAt };
        const draft: WebhookEndpoint = {
          id,
          environmentId: viewer.environmentId,
          url,
          types: [...new Set(types)],
          isEnabled: true,
          secret: sealed,
          previousSecret: null,
          progress: start,
          createdAt,
          updatedAt: createdAt,
        };
        await events.append(trx, viewer, { name: 'webhook_endpoint.created', data: webhookEndpointEventData(draft) });
        // The endpoint does not receive the event of its own creation.
        const endpoint = { ...draft, progress: { ...start, position: await eventReads.lastOf(trx, viewer) } };
        await store.insert(trx, endpoint);
        return { endpoint, secret };
      });
    },

    async updateWebhookEndpoint(viewer, id, patch) {
      authorize(viewer, 'webhookEndpoints.updateWebhookEndpoint');
      return db.transaction(viewer.environmentId, async (trx) => {
        const endpoint = await require(trx, viewer, id);
        const problems: InvalidInputError[] = [];
        refuseNulls(patch, ['url', 'types', 'enabled'], problems);
        const next: WebhookEndpoint = {
          ...endpoint,
          // An unchanged URL is not validated again: an endpoint whose URL is no longer allowed can still be disabled.
          url: patch.url == null ? endpoint.url : parseEndpointUrl(patch.url, networks, problems),
          types: patch.types ? [...new Set(patch.types)] : endpoint.types,
          isEnabled: patch.enabled ?? endpoint.isEnabled,
        };
        checkTypes(next.types, problems);
        refuseIfAny(problems);
        const previous = changedFields(webhookEndpointEventData(endpoint), webhookEndpointEventData(next));
        if (Object.keys(previous).length === 0) return endpoint;
        // The change may have fixed what made deliveries fail.
        const changed = { ...next, progress: restart(endpoint), updatedAt: clock.now() };
        await store.update(trx, changed);
        await events.append(trx, viewer, {
          name: 'webhook_endpoint.updated',
          data: webhookEndpointEventData(changed),
          previous,
        });
        return changed;
      });
    },

    async rotateSecret(viewer, id, overlapSeconds) {
      authorize(viewer, 'webhookEndpoints.rotateSecret');
      return db.transaction(viewer.environmentId, async (trx) => {
        const endpoint = await require(trx, viewer, id);
        if (overlapSeconds < 0 || overlapSeconds > MAX_SECRET_OVERLAP_SECONDS) {
          const message = `overlapSeconds must be between 0 and ${MAX_SECRET_OVERLAP_SECONDS}.`;
          throw new MutationFailure(new InvalidInputError('INVALID_INPUT', message, ['overlapSeconds']));
        }
        const now = clock.now();
        const { secret, sealed } = secrets.create(endpoint.id);
        const previousSecret =
          overlapSeconds === 0 ? null : { secret: endpoint.secret, until: addSeconds(now, overlapSeconds) };
        const changed = { ...endpoint, secret: sealed, previousSecret, progress: restart(endpoint), updatedAt: now };
        await store.update(trx, changed);
        const previous = { secret: null };
        await events.append(trx, viewer, {
          name: 'webhook_endpoint.updated',
          data: webhookEndpointEventData(changed),
          previous,
        });
        return { endpoint: changed, secret };
      });
    },

    async replay(viewer, id, after) {
      authorize(viewer, 'webhookEndpoints.replay');
      return db.transaction(viewer.environmentId, async (trx) => {
        const endpoint = await require(trx, viewer, id);
        const position = await eventReads.resume(trx, viewer, after);
        const changed = { ...endpoint, progress: restart(endpoint, position) };
        await store.update(trx, changed);
        const queued = await eventReads.countAfter(trx, viewer, endpoint.types, position, MAX_QUEUED_COUNT);
        return { endpoint: changed, queued };
      });
    },

    async deleteWebhookEndpoint(viewer, id) {
      authorize(viewer, 'webhookEndpoints.deleteWebhookEndpoint');
      return db.transaction(viewer.environmentId, async (trx) => {
        const endpoint = await require(trx, viewer, id);
        await store.markDeleted(trx, endpoint, clock.now());
        await events.append(trx, viewer, {
          name: 'webhook_endpoint.deleted',
          data: webhookEndpointEventData(endpoint),
        });
        return endpoint.id;
      });
    },
  };
}

/** Counts the enabled endpoints whose last delivery failed and the disabled endpoints, in all environments. */
export async function webhookStats(db: Handle): Promise<{ failing: number; disabled: number }> {
  return store.stats(db);
}

function tooMany(): InvalidInputError {
  const message = `An environment can have at most ${MAX_WEBHOOK_ENDPOINTS} webhook endpoints. Delete one first.`;
  return new InvalidInputError('INVALID_INPUT', message, []);
}
