import { systemViewer } from '../auth/viewer.js';
import { retryAt } from '../backoff.js';
import { addSeconds, type Clock, type Instant } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Delivering } from '../delivering.js';
import type { LoggedEvent } from '../events/event.js';
import type { EventLog, EventService } from '../events/event.service.js';
import { createdAtOf, type Ids } from '../ids.js';
import type { Logger } from '../logger.js';
import { Pump } from '../pump.js';
import type { Random } from '../random.js';
import { VERSION } from '../version.js';
import { toWebhookBody } from './webhook-body.js';
import { WebhookError } from './webhook-delivery.js';
import * as deliveryStore from './webhook-delivery.store.js';
import {
  GIVE_UP_SECONDS,
  type Progress,
  WEBHOOK_BACKOFF,
  WEBHOOK_TIMEOUT_SECONDS,
  type WebhookEndpoint,
  webhookEvent,
} from './webhook-endpoint.js';
import * as store from './webhook-endpoint.store.js';
import type { WebhookSecrets } from './webhook-secrets.js';
import type { WebhookSender } from './webhook-sender.js';
import { signatureHeaders } from './webhook-signature.js';

/** How often it is asked whether something was committed, by this process or another. */
const POLL_MS = 100;
/** How often endpoints are looked at although nothing was: one may be due again. */
const LOOK_MS = 1_000;
/** Endpoints that one process sends to at a time. */
const MAX_ENDPOINTS_AT_ONCE = 50;
/** Events that are sent to an endpoint before others that wait have their turn. */
const MAX_EVENTS_IN_A_ROW = 20;
/** How long an endpoint is one process's, counted from its last event: longer than an attempt. */
const WEBHOOK_LEASE_SECONDS = 30;
/** Rows of a deleted endpoint that are removed in one transaction. */
const MAX_DELIVERIES_REMOVED = 500;

/** What an attempt led to. */
interface Outcome {
  /** Its number, of those at this event. */
  readonly attempt: number;
  readonly statusCode: number | null;
  /** Null when the receiver took the event. */
  readonly error: string | null;
  readonly durationMs: number;
}

interface Attempt extends Outcome {
  readonly event: LoggedEvent;
}

/**
 * Sends events to endpoints, to each in the order of the log and one at a time: at least once, by one process at a time.
 * How far an endpoint is stands in its row, so another process, or the next one, goes on where one died.
 */
export class WebhookWorker {
  readonly #pump: Pump<WebhookEndpoint>;
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout | null;
  #seen = -1;
  #lookedAt = 0;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly clock: Clock;
      readonly random: Random;
      readonly ids: Ids;
      readonly logger: Logger;
      readonly events: EventLog;
      readonly eventReads: EventService;
      readonly secrets: WebhookSecrets;
      readonly sender: WebhookSender;
      readonly delivering: Delivering;
    },
  ) {
    this.#pump = new Pump({
      hands: MAX_ENDPOINTS_AT_ONCE,
      take: (limit) => this.#take(limit),
      deal: (endpoint) => this.#sendTo(endpoint),
      // For an endpoint, than its turn was long.
      leavesMore: true,
      onError: (error) => deps.logger.error({ err: error }, 'webhook endpoints cannot be taken'),
    });
    this.#timer = deps.delivering === 'background' ? setInterval(() => this.#tick(), POLL_MS).unref() : null;
  }

  /** Sends all that is due, waits for it, and removes what is left of deleted endpoints. */
  async deliverDue(): Promise<void> {
    await this.#pump.drain();
    await this.#removeDeleted();
  }

  /** Takes no more endpoints, and waits for the events under way; after `seconds` they are given back. */
  async stop(seconds: number): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    const cut = setTimeout(() => this.#abort.abort(), seconds * 1000);
    await this.#pump.stop();
    clearTimeout(cut);
    this.deps.sender.close();
  }

  #tick(): void {
    const version = this.deps.db.version();
    const now = performance.now();
    if (version === this.#seen && now - this.#lookedAt < LOOK_MS) return;
    this.#seen = version;
    this.#lookedAt = now;
    void this.#pump.pump();
  }

  async #take(limit: number): Promise<WebhookEndpoint[]> {
    const { db, clock } = this.deps;
    const now = clock.now();
    await this.#removeDeleted();
    // Most looks find nothing, and need no transaction.
    if (!(await store.isDue(db.reader, now))) return [];
    const leasedUntil = addSeconds(now, WEBHOOK_LEASE_SECONDS);
    return db.transaction((trx) => store.claim(trx, now, leasedUntil, limit));
  }

  /** Its next events, one after the other, until one fails. Never throws: what cannot be written is sent again. */
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
      logger.error({ endpointId, environmentId, err: error }, 'outcome of a webhook was not kept: it is sent again');
    }
  }

  /** Null when it was broken off because the process stops. */
  async #attempt(endpoint: WebhookEndpoint, event: LoggedEvent, attempt: number): Promise<Outcome | null> {
    const { clock, secrets, sender, logger } = this.deps;
    const startedAt = performance.now();
    const end = (statusCode: number | null, error: string | null): Outcome => {
      return { attempt, statusCode, error, durationMs: Math.round(performance.now() - startedAt) };
    };
    try {
      const at = clock.now();
      const body = toWebhookBody(event);
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
      logger.error({ endpointId, environmentId, eventId: event.id, err: error }, 'a webhook could not be made');
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

  /** Writes what became of an attempt; in the end it disables the endpoint. False when it is somebody else's by now. */
  async #settle(endpoint: WebhookEndpoint, { event, ...outcome }: Attempt, next: Progress): Promise<boolean> {
    const { db, ids, events } = this.deps;
    const { id: endpointId, environmentId } = endpoint;
    const { isKept, isDisabled } = await db.transaction(async (trx) => {
      const current = (await store.findMany(trx, environmentId, [endpointId])).get(endpointId);
      // Deleted meanwhile, it has no history any more.
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
      await events.append(trx, viewer, webhookEvent('webhook_endpoint.disabled', disabled));
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
      logger.error({ ...line, error }, 'a webhook endpoint took nothing for three days: it is disabled');
    else logger.warn({ ...line, error }, 'a webhook was not taken; it is tried again');
  }

  /** Gives an endpoint back to whoever comes next. */
  async #release(endpoint: WebhookEndpoint, progress: Progress): Promise<void> {
    const { db, clock } = this.deps;
    await db.transaction((trx) => store.advance(trx, endpoint, { ...progress, nextAttemptAt: clock.now() }));
  }

  async #removeDeleted(): Promise<void> {
    const { db } = this.deps;
    const deleted = await store.findDeleted(db.reader);
    if (!deleted) return;
    const { environment_id: environmentId, id } = deleted;
    await db.transaction(async (trx) => {
      const removed = await deliveryStore.removeSome(trx, environmentId, id, MAX_DELIVERIES_REMOVED);
      if (removed < MAX_DELIVERIES_REMOVED) await store.remove(trx, environmentId, id);
    });
  }
}

function isGivenUp({ failingSince }: Progress, now: Instant): boolean {
  return failingSince !== null && now >= addSeconds(failingSince, GIVE_UP_SECONDS);
}
