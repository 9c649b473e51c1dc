import { retryAt } from '../backoff.js';
import { addSeconds, type Clock, type Instant } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Delivering } from '../delivering.js';
import type { Logger } from '../logger.js';
import { Pump } from '../pump.js';
import type { Random } from '../random.js';
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

/** How often the table is looked at for mails to try again, and for those of other processes that died. */
const POLL_MS = 1_000;

/** Ends of a code that make its mail needless, and are nobody's fault. */
const NEEDLESS = ['CODE_SUPERSEDED', 'CODE_USED'];

/**
 * Sends what is due: at least once, and by one process at a time. A mail is taken by a lease, so that the mail of a
 * process that died is sent by another, or by the next one, when the lease is over.
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
      hands: MAX_MAILS_UNDER_WAY,
      take: (limit) => this.#take(limit),
      deal: (mail) => this.#send(mail),
      leavesMore: false,
      onError: (error) => deps.logger.error({ err: error }, 'mails cannot be taken'),
    });
    const tick = () => {
      this.#ticking = this.#tick();
    };
    this.#timer = deps.delivering === 'background' ? setInterval(tick, POLL_MS).unref() : null;
  }

  /** To be called after a commit that queued a mail. Waits for nothing, unless delivery is awaited. */
  async committed(): Promise<void> {
    const { delivering } = this.deps;
    if (delivering === 'awaited') await this.deliverDue();
    if (delivering === 'background') void this.#pump.pump();
  }

  /** Sends all that is due and waits for it; then removes what was kept long enough. */
  async deliverDue(): Promise<void> {
    await this.#pump.drain();
    await this.#purge();
  }

  /** Takes no more mails, and waits for those under way; after `seconds` they are given back. Nothing stays leased. */
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
      logger.error({ err: error }, 'mails cannot be looked at');
    }
  }

  async #take(limit: number): Promise<QueuedMail[]> {
    const { db, clock } = this.deps;
    const now = clock.now();
    return db.transaction((trx) => store.claim(trx, now, addSeconds(now, LEASE_SECONDS), limit));
  }

  /** One attempt. Never throws: an outcome that cannot be written leaves the mail to the end of its lease. */
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
      const isWritten = await db.transaction((trx) => store.settle(trx, mail, outcome));
      this.#log(mail, outcome, failure, isWritten);
    } catch (error) {
      logger.error(
        { mailId: mail.id, environmentId: mail.environmentId, err: error },
        'outcome of a mail was not kept',
      );
    }
  }

  #failureOf(error: unknown, mail: QueuedMail): MailError {
    if (error instanceof MailError) return error;
    const { logger } = this.deps;
    logger.error({ mailId: mail.id, environmentId: mail.environmentId, err: error }, 'a mail could not be made');
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
    if (!isWritten) logger.warn(line, 'a mail took longer than its lease, or its user is gone');
    else if (outcome.state === 'SENT') logger.debug(line, 'mail sent');
    else if (NEEDLESS.includes(outcome.error ?? ''))
      logger.info(why, 'mail was not sent: its code is of no use any more');
    else if (outcome.state === 'FAILED') logger.error(why, 'mail failed');
    else logger.warn({ ...why, nextAttemptAt: outcome.nextAttemptAt }, 'mail was not taken; it is tried again');
  }

  async #purge(): Promise<void> {
    const { db, clock } = this.deps;
    const now = clock.now();
    if (!(await store.isPurgeable(db.reader, now))) return;
    await db.transaction((trx) => store.purge(trx, now, MAX_PURGED));
  }
}
