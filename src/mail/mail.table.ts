import type { Selectable } from 'kysely';
import type { Instant } from '../clock.js';
import type { EnvironmentId, MailId, UserId } from '../ids.js';
import type { OneTimeCodeId } from '../one-time-codes/one-time-code.js';
import type { MailState, MailTemplate, QueuedMail } from './mail.js';

export interface MailTable {
  environment_id: EnvironmentId;
  id: MailId;
  template: MailTemplate;
  user_id: UserId;
  code_id: OneTimeCodeId | null;
  recipient: string;
  state: MailState;
  /** Goes up when a process takes the mail, so it also tells which taking an outcome belongs to. */
  attempts: number;
  /** When a process may take it; while one has it, the end of the lease. */
  next_attempt_at: Instant;
  leased_until: Instant | null;
  expires_at: Instant;
  last_error: string | null;
  created_at: Instant;
  sent_at: Instant | null;
  /** When the row goes; null while the mail is pending. */
  purge_at: Instant | null;
}

/** Mails queued on one day of UTC. */
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
