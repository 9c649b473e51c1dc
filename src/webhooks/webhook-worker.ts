import { systemViewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import { createdAtOf, type Ids } from '../domain/ids.js';
import type { LoggedEvent } from '../events/event.js';
import type { EventLog, EventService } from '../events/event.service.js';
import type { EventDescriptors } from '../events/event-descriptor.js';
import { toEventObject } from '../events/event-object.js';
import { addSeconds, type Clock, type Instant } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Random } from '../runtime/random.js';
import { VERSION } from '../runtime/version.js';
import { retryAt } from '../scheduling/backoff.js';
import type { Delivering } from '../scheduling/delivering.js';
import { Pump } from '../scheduling/pump.js';
import { WebhookError } from './webhook-delivery.js';
import * as deliveryStore from './webhook-delivery.store.js';
import {
  GIVE_UP_SECONDS,
  type Progress,
  WEBHOOK_BACKOFF,
  WEBHOOK_TIMEOUT_SECONDS,
  type WebhookEndpoint,
} from './webhook-endpoint.js';
import * as store from './webhook-endpoint.store.js';
import { webhookEndpointEventData } from './webhook-endpoint-events.js';
import type { WebhookSecrets } from './webhook-secrets.js';
import type { WebhookSender } from './webhook-sender.js';
import { signatureHeaders } from './webhook-signature.js';

/** How often the worker checks whether this process or another has committed a transaction. */
const POLL_MS = 100;
/** How often the worker checks for due endpoints even without a commit, because retries may be due. */
const RECHECK_MS = 1_000;
/** The number of endpoints that one process delivers to concurrently. */
const MAX_ENDPOINTS_AT_ONCE = 50;
/** The number of events sent to an endpoint before it is released, so that waiting endpoints are served, too. */
const MAX_EVENTS_IN_A_ROW = 20;
/** Lease of a claimed endpoint, counted from its last event. It is longer than an attempt. */
const WEBHOOK_LEASE_SECONDS = 30;
/** Deliveries of a deleted endpoint that are removed in one transaction. */
const MAX_DELIVERIES_REMOVED = 500;

/** The result of an attempt. */
interface Outcome {
  /** Number of the attempt for this event. */
  readonly attempt: number;
  readonly statusCode: number | null;
  /** Null when the receiver accepted the event. */
  readonly error: string | null;
  readonly durationMs: number;
}

interface Attempt extends Outcome {
  readonly event: LoggedEvent;
}

/**
 * Delivers events to endpoints at least once. Each endpoint receives its events one at a time, in the order of the
 * event log, from one process at a time. The progress is stored in the row of the endpoint, so that another process
 * can continue after a crash.
 */
export class WebhookWorker {
  readonly #pump: Pump<WebhookEndpoint>;
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout | null;
  #lastVersion = -1;
  #checkedAt = 0;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly clock: Clock;
      readonly random: Random;
      readonly ids: Ids;
      readonly logger: Logger;
      readonly events: EventLog;
      readonly eventReads: EventService;
      readonly descriptors: EventDescriptors;
      readonly secrets: WebhookSecrets;
      readonly sender: WebhookSender;
      readonly delivering: Delivering;
    },
  ) {
    this.#pump = new Pump({
      concurrency: MAX_ENDPOINTS_AT_ONCE,
      claim: (limit) => this.#take(limit),
      process: (endpoint) => this.#sendTo(endpoint),
      // An endpoint can have more due events after MAX_EVENTS_IN_A_ROW.
      leavesMore: true,
      onError: (error) => deps.logger.error({ err: error }, 'failed to claim webhook endpoints'),
    });
    this.#timer = deps.delivering === 'background' ? setInterval(() => this.#tick(), POLL_MS).unref() : null;
  }

  /** Delivers all due events, waits until this is done, and removes rows of deleted endpoints. */
  async deliverDue(): Promise<void> {
    await this.#pump.drain();
    // After stop() the database may be closed at any moment.
    if (!this.#pump.isStopped) await this.#removeDeleted();
  }

  /** Stops claiming endpoints and waits for deliveries in progress. Aborts and releases them after `seconds`. */
  async stop(seconds: number): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    const cut = setTimeout(() => this.#abort.abort(), seconds * 1000);
    await this.#pump.stop();
    clearTimeout(cut);
    this.deps.sender.close();
  }

  #tick(): void {
    const version = this.deps.db.signal();
    const now = performance.now();
    if (version === this.#lastVersion && now - this.#checkedAt < RECHECK_MS) return;
    this.#lastVersion = version;
    this.#checkedAt = now;
    void this.#pump.pump();
  }

  async #take(limit: number): Promise<WebhookEndpoint[]> {
    const { db, clock } = this.deps;
    const now = clock.now();
    await this.#removeDeleted();
    // Most checks find nothing, so they do not open a write transaction.
    if (!(await store.isDue(db.reader, now))) return [];
    const leasedUntil = addSeconds(now, WEBHOOK_LEASE_SECONDS);
    return db.transaction(null, (trx) => store.claim(trx, now, leasedUntil, limit));
  }

  /** Sends the next events of an endpoint until one fails. Never throws: an event without stored outcome is resent. */
  async #sendTo(endpoint: WebhookEndpoint): Promise<void> {
    const { eventReads, logger } = this.deps;
    const { id: endpointId, environmentId, types } = endpoint;
    let { progress } = endpoint;
    try {
      const events = await eventReads.readAfter(
        environmentId,
        { names: types },
        progress.position,
        MAX_EVENTS_IN_A_ROW,
      );
      if (events.length === 0) await this.#release(endpoint, progress);
      for (const event of events) {
        const outcome = this.#pump.isStopped ? null : await this.#attempt(endpoint, event, progress.attempts + 1);
        if (outcome === null) return await this.#release(endpoint, progress);
        const next = this.#progressAfter(progress, event, outcome, event === events.at(-1));
        const isKept = await this.#settle(endpoint, { event, ...outcome }, next);
        if (!isKept || outcome.error !== null) return;
        progress = next;
      }
    } catch (error) {
      logger.error(
        { endpointId, environmentId, err: error },
        'failed to store the outcome of a webhook delivery; the event will be sent again',
      );
    }
  }

  /** Makes one attempt. Returns null when it was aborted because the process stops. */
  async #attempt(endpoint: WebhookEndpoint, event: LoggedEvent, attempt: number): Promise<Outcome | null> {
    const { clock, secrets, sender, logger, descriptors } = this.deps;
    const startedAt = performance.now();
    const end = (statusCode: number | null, error: string | null): Outcome => {
      return { attempt, statusCode, error, durationMs: Math.round(performance.now() - startedAt) };
    };
    try {
      const at = clock.now();
      const body = JSON.stringify(toEventObject(descriptors, event));
      const signing = secrets.signing(endpoint, attempt, at);
      const headers = {
        ...signatureHeaders({ id: event.id, at, body }, signing.all, signing.workos),
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': `usergraph/${VERSION}`,
      };
      const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(WEBHOOK_TIMEOUT_SECONDS * 1000)]);
      const status = await sender.send({ url: endpoint.url, headers, body }, signal);
      return end(status, status >= 200 && status < 300 ? null : `HTTP_${status}`);
    } catch (error) {
      if (this.#abort.signal.aborted) return null;
      if (error instanceof WebhookError) return end(null, error.code);
      const { id: endpointId, environmentId } = endpoint;
      logger.error(
        { endpointId, environmentId, eventId: event.id, err: error },
        'failed to create the request of a webhook delivery',
      );
      return end(null, 'INTERNAL_ERROR');
    }
  }

  #progressAfter(progress: Progress, event: LoggedEvent, outcome: Outcome, isLast: boolean): Progress {
    const { clock, random } = this.deps;
    const now = clock.now();
    if (outcome.error === null) {
      const nextAttemptAt = isLast ? now : addSeconds(now, WEBHOOK_LEASE_SECONDS);
      return { ...progress, position: event.sequence, attempts: 0, failingSince: null, nextAttemptAt };
    }
    const attempts = progress.attempts + 1;
    const failingSince = progress.failingSince ?? now;
    const end = addSeconds(failingSince, GIVE_UP_SECONDS);
    let nextAttemptAt = retryAt(now, attempts, WEBHOOK_BACKOFF, random);
    if (nextAttemptAt > end) nextAttemptAt = end;
    return { ...progress, attempts, failingSince, nextAttemptAt };
  }

  /** Stores the outcome, and disables the endpoint after GIVE_UP_SECONDS. Returns false when the claim was lost. */
  async #settle(endpoint: WebhookEndpoint, { event, ...outcome }: Attempt, next: Progress): Promise<boolean> {
    const { db, ids, events } = this.deps;
    const { id: endpointId, environmentId } = endpoint;
    const { isKept, isDisabled } = await db.transaction(environmentId, async (trx) => {
      const current = (await store.findMany(trx, environmentId, [endpointId])).get(endpointId);
      // The endpoint was deleted meanwhile, so no delivery is recorded.
      if (!current) return { isKept: false, isDisabled: false };
      const id = ids.next('webhook_delivery');
      const createdAt = createdAtOf(id);
      const { id: eventId, sequence } = event;
      await deliveryStore.insert(trx, environmentId, { id, endpointId, eventId, sequence, createdAt, ...outcome });
      if (!(await store.advance(trx, endpoint, next))) return { isKept: false, isDisabled: false };
      if (!isGivenUp(next, createdAt)) return { isKept: true, isDisabled: false };
      const disabled: WebhookEndpoint = { ...current, progress: next, isEnabled: false, updatedAt: createdAt };
      await store.update(trx, disabled);
      const viewer = systemViewer(environmentId, 'webhooks');
      await events.append(trx, viewer, { name: 'webhook_endpoint.disabled', data: webhookEndpointEventData(disabled) });
      return { isKept: true, isDisabled: true };
    });
    this.#log(endpoint, event, outcome, isDisabled);
    return isKept;
  }

  #log(
    { id: endpointId, environmentId }: WebhookEndpoint,
    { id: eventId }: LoggedEvent,
    outcome: Outcome,
    isDisabled: boolean,
  ) {
    const { logger } = this.deps;
    const { attempt, error, durationMs } = outcome;
    const line = { endpointId, environmentId, eventId, attempt, durationMs };
    if (error === null) logger.debug(line, 'webhook delivered');
    else if (isDisabled)
      logger.error({ ...line, error }, 'webhook endpoint disabled: all deliveries failed for three days');
    else logger.warn({ ...line, error }, 'webhook delivery failed; it will be retried');
  }

  /** Releases the claim, so that any process can claim the endpoint. */
  async #release(endpoint: WebhookEndpoint, progress: Progress): Promise<void> {
    const { db, clock } = this.deps;
    await db.transaction(endpoint.environmentId, (trx) =>
      store.advance(trx, endpoint, { ...progress, nextAttemptAt: clock.now() }),
    );
  }

  async #removeDeleted(): Promise<void> {
    const { db } = this.deps;
    const deleted = await store.findDeleted(db.reader);
    if (!deleted) return;
    const { environment_id: environmentId, id } = deleted;
    await db.transaction(environmentId, async (trx) => {
      const removed = await deliveryStore.removeSome(trx, environmentId, id, MAX_DELIVERIES_REMOVED);
      if (removed < MAX_DELIVERIES_REMOVED) await store.remove(trx, environmentId, id);
    });
  }
}

function isGivenUp({ failingSince }: Progress, now: Instant): boolean {
  return failingSince !== null && now >= addSeconds(failingSince, GIVE_UP_SECONDS);
}
