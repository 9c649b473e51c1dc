import type { Viewer } from '../auth/viewer.js';
import { addSeconds, type Clock } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import { InvalidInputError, MutationFailure, NotFoundError, refuseIfAny } from '../errors.js';
import type { EventLog, EventService } from '../events/event.service.js';
import { createdAtOf, type Ids, isId, type WebhookEndpointId } from '../ids.js';
import type { Page, PageRequest, Position } from '../paging.js';
import { changedFields, refuseNulls } from '../patch.js';
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
  webhookData,
  webhookEvent,
} from './webhook-endpoint.js';
import * as store from './webhook-endpoint.store.js';
import type { WebhookSecrets } from './webhook-secrets.js';

export interface WebhookEndpointService {
  /** Endpoints of the environment, newest first. */
  listWebhookEndpoints(viewer: Viewer, request: PageRequest): Promise<Page<WebhookEndpoint>>;
  countWebhookEndpoints(viewer: Viewer): Promise<number>;
  /**
   * Makes an endpoint, which is sent what happens from now on.
   *
   * @throws {MutationFailure} with every problem of the input, DUPLICATE_ENDPOINT, or INVALID_INPUT when there are
   *   `MAX_WEBHOOK_ENDPOINTS`
   */
  createWebhookEndpoint(viewer: Viewer, input: NewWebhookEndpoint): Promise<EndpointWithSecret>;
  /**
   * Changes an endpoint. One that is enabled again goes on with the event at which it stopped.
   *
   * @throws {MutationFailure} NOT_FOUND, DUPLICATE_ENDPOINT, or every problem of the patch
   */
  updateWebhookEndpoint(viewer: Viewer, id: string, patch: WebhookEndpointPatch): Promise<WebhookEndpoint>;
  /**
   * Gives an endpoint another secret; for so many seconds the one before signs too.
   *
   * @throws {MutationFailure} NOT_FOUND or INVALID_INPUT
   */
  rotateSecret(viewer: Viewer, id: string, overlapSeconds: number): Promise<EndpointWithSecret>;
  /**
   * Sends what is behind a place in the log, again or at all.
   *
   * @throws {MutationFailure} NOT_FOUND
   * @throws {RequestError} CURSOR_EXPIRED or BAD_USER_INPUT for `after`
   */
  replay(viewer: Viewer, id: string, after: Position): Promise<{ endpoint: WebhookEndpoint; queued: number }>;
  /** Deletes an endpoint with its history; nothing is sent to it any more. @throws {MutationFailure} NOT_FOUND */
  deleteWebhookEndpoint(viewer: Viewer, id: string): Promise<WebhookEndpointId>;
}

/** Events that `replay` counts at most; more are sent and not counted. */
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

  /** Begins anew where an endpoint is, or elsewhere, and at once. */
  function restart({ progress }: WebhookEndpoint, position = progress.position): Progress {
    return { ...progress, position, attempts: 0, failingSince: null, nextAttemptAt: clock.now() };
  }

  return {
    listWebhookEndpoints: (viewer, request) => store.page(db.reader, viewer.environmentId, request),
    countWebhookEndpoints: (viewer) => store.count(db.reader, viewer.environmentId),

    createWebhookEndpoint: (viewer, { url: text, types }) =>
      db.transaction(async (trx) => {
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
        await events.append(trx, viewer, webhookEvent('webhook_endpoint.created', draft));
        // Its own beginning is not told to it.
        const endpoint = { ...draft, progress: { ...start, position: await eventReads.lastOf(trx, viewer) } };
        await store.insert(trx, endpoint);
        return { endpoint, secret };
      }),

    updateWebhookEndpoint: (viewer, id, patch) =>
      db.transaction(async (trx) => {
        const endpoint = await require(trx, viewer, id);
        const problems: InvalidInputError[] = [];
        refuseNulls(patch, ['url', 'types', 'enabled'], problems);
        const next: WebhookEndpoint = {
          ...endpoint,
          // One that stays is not judged again: who disables an endpoint that is refused by now may do so.
          url: patch.url == null ? endpoint.url : parseEndpointUrl(patch.url, networks, problems),
          types: patch.types ? [...new Set(patch.types)] : endpoint.types,
          isEnabled: patch.enabled ?? endpoint.isEnabled,
        };
        checkTypes(next.types, problems);
        refuseIfAny(problems);
        const previous = changedFields(webhookData(endpoint), webhookData(next));
        if (Object.keys(previous).length === 0) return endpoint;
        // What kept it from taking events may be what was changed.
        const changed = { ...next, progress: restart(endpoint), updatedAt: clock.now() };
        await store.update(trx, changed);
        await events.append(trx, viewer, { ...webhookEvent('webhook_endpoint.updated', changed), previous });
        return changed;
      }),

    rotateSecret: (viewer, id, overlapSeconds) =>
      db.transaction(async (trx) => {
        const endpoint = await require(trx, viewer, id);
        if (overlapSeconds < 0 || overlapSeconds > MAX_SECRET_OVERLAP_SECONDS) {
          const message = `overlapSeconds is from 0 to ${MAX_SECRET_OVERLAP_SECONDS}.`;
          throw new MutationFailure(new InvalidInputError('INVALID_INPUT', message, ['overlapSeconds']));
        }
        const now = clock.now();
        const { secret, sealed } = secrets.create(endpoint.id);
        const previousSecret =
          overlapSeconds === 0 ? null : { secret: endpoint.secret, until: addSeconds(now, overlapSeconds) };
        const changed = { ...endpoint, secret: sealed, previousSecret, progress: restart(endpoint), updatedAt: now };
        await store.update(trx, changed);
        const previous = { secret: null };
        await events.append(trx, viewer, { ...webhookEvent('webhook_endpoint.updated', changed), previous });
        return { endpoint: changed, secret };
      }),

    replay: (viewer, id, after) =>
      db.transaction(async (trx) => {
        const endpoint = await require(trx, viewer, id);
        const position = await eventReads.resume(trx, viewer, after);
        const changed = { ...endpoint, progress: restart(endpoint, position) };
        await store.update(trx, changed);
        const queued = await eventReads.countAfter(trx, viewer, endpoint.types, position, MAX_QUEUED_COUNT);
        return { endpoint: changed, queued };
      }),

    deleteWebhookEndpoint: (viewer, id) =>
      db.transaction(async (trx) => {
        const endpoint = await require(trx, viewer, id);
        await store.markDeleted(trx, endpoint, clock.now());
        await events.append(trx, viewer, webhookEvent('webhook_endpoint.deleted', endpoint));
        return endpoint.id;
      }),
  };
}

/** Endpoints of all environments that take nothing at present, and those that are disabled. */
export async function webhookStats(db: Handle): Promise<{ failing: number; disabled: number }> {
  return store.stats(db);
}

function tooMany(): InvalidInputError {
  const message = `An environment has at most ${MAX_WEBHOOK_ENDPOINTS} webhook endpoints: delete one first.`;
  return new InvalidInputError('INVALID_INPUT', message, []);
}
