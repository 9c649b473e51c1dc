import type { Database } from '../db/database.js';
import { addSeconds, type Clock, type Instant } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Random } from '../runtime/random.js';
import { retryAt } from '../scheduling/backoff.js';
import type { Delivering } from '../scheduling/delivering.js';
import { Pump } from '../scheduling/pump.js';
import {
  FAILED_KEPT_SECONDS,
  LEASE_SECONDS,
  MAIL_BACKOFF,
  MAX_MAILS_UNDER_WAY,
  MAX_PURGED,
  MailError,
  type QueuedMail,
  SEND_DEADLINE_SECONDS,
  SENT_KEPT_SECONDS,
} from './mail.js';
import * as store from './mail.store.js';
import type { ComposeMail } from './mail-composer.js';
import type { Mailer } from './mailer.js';

/** How often the worker checks for retries that are due and for emails whose lease has ended. */
const POLL_MS = 1_000;

/** Errors that mean that the email is no longer needed. They are logged as information, not as errors. */
const NO_LONGER_NEEDED = ['CODE_SUPERSEDED', 'CODE_USED'];

/**
 * Sends due emails at least once, each from one process at a time. A process claims an email with a lease. If the
 * process dies, another one sends the email when the lease has ended.
 */
export class MailWorker {
  readonly #pump: Pump<QueuedMail>;
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout | null;
  #ticking: Promise<void> = Promise.resolve();

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly clock: Clock;
      readonly random: Random;
      readonly logger: Logger;
      readonly mailer: Mailer;
      readonly compose: ComposeMail;
      readonly delivering: Delivering;
    },
  ) {
    this.#pump = new Pump({
      concurrency: MAX_MAILS_UNDER_WAY,
      claim: (limit) => this.#take(limit),
      process: (mail) => this.#send(mail),
      leavesMore: false,
      onError: (error) => deps.logger.error({ err: error }, 'failed to claim mails'),
    });
    const tick = () => {
      this.#ticking = this.#tick();
    };
    this.#timer = deps.delivering === 'background' ? setInterval(tick, POLL_MS).unref() : null;
  }

  /** Starts delivery. Call it after a commit that queued an email. Waits only when `delivering` is `awaited`. */
  async committed(): Promise<void> {
    const { delivering } = this.deps;
    if (delivering === 'awaited') await this.deliverDue();
    if (delivering === 'background') void this.#pump.pump();
  }

  /** Sends all due emails, waits until this is done, and removes rows whose retention has ended. */
  async deliverDue(): Promise<void> {
    await this.#pump.drain();
    // After stop() the database may be closed at any moment.
    if (!this.#pump.isStopped) await this.#purge();
  }

  /** Stops claiming emails and waits for those in progress. Aborts and releases them after `seconds`. */
  async stop(seconds: number): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    const cut = setTimeout(() => this.#abort.abort(), seconds * 1000);
    const stopped = this.#pump.stop();
    await this.#ticking;
    await stopped;
    clearTimeout(cut);
    this.deps.mailer.close();
  }

  async #tick(): Promise<void> {
    const { db, clock, logger } = this.deps;
    try {
      if (await store.isDue(db.reader, clock.now())) await this.#pump.pump();
      await this.#purge();
    } catch (error) {
      logger.error({ err: error }, 'failed to check for due mails');
    }
  }

  async #take(limit: number): Promise<QueuedMail[]> {
    const { db, clock } = this.deps;
    const now = clock.now();
    return db.transaction(null, (trx) => store.claim(trx, now, addSeconds(now, LEASE_SECONDS), limit));
  }

  /** Makes one attempt. Never throws: without a stored outcome the email is due again when its lease ends. */
  async #send(mail: QueuedMail): Promise<void> {
    const { db, compose, mailer, logger } = this.deps;
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(SEND_DEADLINE_SECONDS * 1000)]);
    const failure = await compose(mail)
      .then((composed) => mailer.send(composed, signal))
      .then(
        () => null,
        (error: unknown) => this.#failureOf(error, mail),
      );
    try {
      const outcome = this.#outcomeOf(mail, failure);
      const isWritten = await db.transaction(mail.environmentId, (trx) => store.settle(trx, mail, outcome));
      this.#log(mail, outcome, failure, isWritten);
    } catch (error) {
      logger.error(
        { mailId: mail.id, environmentId: mail.environmentId, err: error },
        'failed to store the outcome of a mail',
      );
    }
  }

  #failureOf(error: unknown, mail: QueuedMail): MailError {
    if (error instanceof MailError) return error;
    const { logger } = this.deps;
    logger.error({ mailId: mail.id, environmentId: mail.environmentId, err: error }, 'failed to compose a mail');
    return new MailError('INTERNAL_ERROR', false);
  }

  #outcomeOf(mail: QueuedMail, failure: MailError | null): store.Outcome {
    const { clock, random } = this.deps;
    const now = clock.now();
    if (failure === null) {
      return {
        state: 'SENT',
        nextAttemptAt: now,
        error: null,
        sentAt: now,
        purgeAt: addSeconds(now, SENT_KEPT_SECONDS),
      };
    }
    const pending = (nextAttemptAt: Instant): store.Outcome => {
      return { state: 'PENDING', nextAttemptAt, error: failure.code, sentAt: null, purgeAt: null };
    };
    if (this.#abort.signal.aborted) return pending(now);
    const next = retryAt(now, mail.attempts, MAIL_BACKOFF, random);
    if (!failure.isPermanent && next < mail.expiresAt) return pending(next);
    const purgeAt = addSeconds(now, FAILED_KEPT_SECONDS);
    return { state: 'FAILED', nextAttemptAt: now, error: failure.code, sentAt: null, purgeAt };
  }

  #log(mail: QueuedMail, outcome: store.Outcome, failure: MailError | null, isWritten: boolean): void {
    const { logger } = this.deps;
    const { id: mailId, environmentId, template, attempts } = mail;
    const line = { mailId, environmentId, template, attempts };
    const hint = failure?.hint == null ? {} : { hint: failure.hint };
    const why = { ...line, error: outcome.error, ...hint };
    if (!isWritten) logger.warn(line, 'outcome of a mail discarded: its lease has ended or its user was deleted');
    else if (outcome.state === 'SENT') logger.debug(line, 'mail sent');
    else if (NO_LONGER_NEEDED.includes(outcome.error ?? ''))
      logger.info(why, 'mail not sent: its code is no longer valid');
    else if (outcome.state === 'FAILED') logger.error(why, 'mail failed');
    else logger.warn({ ...why, nextAttemptAt: outcome.nextAttemptAt }, 'mail was not accepted; it will be retried');
  }

  async #purge(): Promise<void> {
    const { db, clock } = this.deps;
    const now = clock.now();
    if (!(await store.isPurgeable(db.reader, now))) return;
    await db.transaction(null, (trx) => store.purge(trx, now, MAX_PURGED));
  }
}
