import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import { MutationFailure, RateLimitedError } from '../domain/errors.js';
import { createdAtOf, type EnvironmentId, type Ids, type MailId, type UserId } from '../domain/ids.js';
import type { OneTimeCode } from '../one-time-codes/one-time-code.js';
import { addSeconds, type Clock, type Instant, secondsUntil, toMilliseconds } from '../runtime/clock.js';
import type { UserRemoval } from '../users/user.service.js';
import { type MailState, type MailTemplate, NOTICE_TTL_SECONDS, type QueuedMail } from './mail.js';
import * as store from './mail.store.js';

/** The number of emails that a list returns. */
export const MAX_LISTED_MAILS = 100;

/** The outbox of emails. A transaction inserts its emails as rows; the worker sends them after the commit. */
export interface MailQueue {
  /**
   * Queues the email that contains a code.
   *
   * @throws {MutationFailure} DAILY_QUOTA_EXCEEDED when the environment has used up its daily quota
   */
  enqueueCode(trx: Transaction, environmentId: EnvironmentId, template: MailTemplate, code: OneTimeCode): Promise<void>;
  /** Queues a notification. It counts towards the daily quota but is never rejected, because it may be a warning. */
  enqueueNotice(
    trx: Transaction,
    environmentId: EnvironmentId,
    template: MailTemplate,
    userId: UserId,
    recipient: string,
  ): Promise<void>;
  /** Lists the emails of an environment that have the given state, newest first. */
  list(environmentId: EnvironmentId, state: MailState): Promise<QueuedMail[]>;
  /** Makes a failed email due again. Returns false when no failed email that has not expired has this id. */
  retry(environmentId: EnvironmentId, id: MailId): Promise<boolean>;
}

export function createMailQueue(deps: { db: Database; clock: Clock; ids: Ids; dailyQuota: number }): MailQueue {
  const { db, clock, ids, dailyQuota } = deps;

  async function enqueue(
    trx: Transaction,
    mail: Pick<QueuedMail, 'environmentId' | 'template' | 'userId' | 'codeId' | 'recipient'>,
    expiresAt: Instant | null,
  ): Promise<void> {
    const id = ids.next('mail');
    const createdAt = createdAtOf(id);
    const state = { state: 'PENDING', attempts: 0, error: null, nextAttemptAt: createdAt, sentAt: null } as const;
    const expires = expiresAt ?? addSeconds(createdAt, NOTICE_TTL_SECONDS);
    await store.insert(trx, { ...mail, ...state, id, createdAt, expiresAt: expires });
  }

  return {
    async enqueueCode(trx, environmentId, template, code) {
      const now = clock.now();
      if ((await store.countOne(trx, environmentId, dayOf(now))) > dailyQuota) {
        const message = `This environment can send at most ${dailyQuota} emails per UTC day.`;
        throw new MutationFailure(new RateLimitedError(message, secondsUntilNextDay(now), 'DAILY_QUOTA_EXCEEDED'));
      }
      const { userId, id: codeId, email: recipient } = code;
      await enqueue(trx, { environmentId, template, userId, codeId, recipient }, code.expiresAt);
    },

    async enqueueNotice(trx, environmentId, template, userId, recipient) {
      await store.countOne(trx, environmentId, dayOf(clock.now()));
      await enqueue(trx, { environmentId, template, userId, codeId: null, recipient }, null);
    },

    list: (environmentId, state) => store.list(db.reader, environmentId, state, MAX_LISTED_MAILS),
    retry: (environmentId, id) =>
      db.transaction(environmentId, (trx) => store.retry(trx, environmentId, id, clock.now())),
  };
}

/** Deletes the emails of a user before the user is deleted, including emails not sent yet. */
export const removeMails: UserRemoval = (trx, viewer, userId) => store.removeByUser(trx, viewer.environmentId, userId);

/** Counts the pending and failed emails of all environments. `oldestDueAt` is when the longest due one became due. */
export async function mailStats(db: Handle): Promise<{ pending: number; failed: number; oldestDueAt: Instant | null }> {
  return store.stats(db);
}

function dayOf(instant: Instant): string {
  return instant.slice(0, '2026-01-15'.length);
}

function secondsUntilNextDay(now: Instant): number {
  const day = 86_400;
  const since = Math.floor(toMilliseconds(now) / 1000) % day;
  return Math.max(1, secondsUntil(now, addSeconds(now, day - since)));
}
