import type { Selectable } from 'kysely';
import type { EnvironmentId, MailId, UserId } from '../domain/ids.js';
import type { OneTimeCodeId } from '../one-time-codes/one-time-code.js';
import type { Instant } from '../runtime/clock.js';
import type { MailState, MailTemplate, QueuedMail } from './mail.js';

declare module '../db/tables.js' {
  interface Tables {
    mail_days: MailDayTable;
    mails: MailTable;
  }
}

export interface MailTable {
  environment_id: EnvironmentId;
  id: MailId;
  template: MailTemplate;
  user_id: UserId;
  code_id: OneTimeCodeId | null;
  recipient: string;
  state: MailState;
  /** Incremented by every claim, so that a process with an outdated claim cannot store its outcome. */
  attempts: number;
  /** When the email can be claimed. While a process owns it, the end of the lease. */
  next_attempt_at: Instant;
  leased_until: Instant | null;
  expires_at: Instant;
  last_error: string | null;
  created_at: Instant;
  sent_at: Instant | null;
  /** When the row can be deleted; null while the email is pending. */
  purge_at: Instant | null;
}

/** The number of emails queued on one UTC day. */
export interface MailDayTable {
  environment_id: EnvironmentId;
  /** E.g. `2026-01-15`. */
  day: string;
  queued: number;
}

export function toQueuedMail(row: Selectable<MailTable>): QueuedMail {
  return {
    environmentId: row.environment_id,
    id: row.id,
    template: row.template,
    userId: row.user_id,
    codeId: row.code_id,
    recipient: row.recipient,
    state: row.state,
    attempts: row.attempts,
    error: row.last_error,
    nextAttemptAt: row.state === 'PENDING' ? row.next_attempt_at : null,
    sentAt: row.sent_at,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
  };
}
