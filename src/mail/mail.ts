import type { EnvironmentId, MailId, UserId } from '../domain/ids.js';
import type { OneTimeCodeId } from '../one-time-codes/one-time-code.js';
import type { Instant } from '../runtime/clock.js';
import type { Backoff } from '../scheduling/backoff.js';

/** The placeholders of each template. None of them contains text that a user can choose, except the recipient. */
export const MAIL_VALUES = {
  'email-verification': ['code', 'minutes', 'productName', 'recipient'],
  'email-change': ['code', 'minutes', 'productName', 'recipient'],
  'email-changed': ['productName', 'recipient'],
} as const;

export type MailTemplate = keyof typeof MAIL_VALUES;
export const MAIL_STATES = ['PENDING', 'SENT', 'FAILED'] as const;
export type MailState = (typeof MAIL_STATES)[number];

/** The delivery status of an email. */
export interface MailDelivery {
  readonly state: MailState;
  /** Number of attempts to hand it to the mail server. */
  readonly attempts: number;
  /** Why the last attempt failed, e.g. `SMTP_550`. Never contains an address or a reply text of the mail server. */
  readonly error: string | null;
  /** When the next attempt is due; null unless the email is pending. */
  readonly nextAttemptAt: Instant | null;
  readonly sentAt: Instant | null;
}

/** An email in the queue. The code is not stored: the worker derives it. */
export interface QueuedMail extends MailDelivery {
  readonly environmentId: EnvironmentId;
  readonly id: MailId;
  readonly template: MailTemplate;
  readonly userId: UserId;
  /** The code in the email; null for a notification. */
  readonly codeId: OneTimeCodeId | null;
  readonly recipient: string;
  /** No attempts are made after this time. */
  readonly expiresAt: Instant;
  readonly createdAt: Instant;
}

/** How long a notification is retried. An email with a code is retried until the code expires. */
export const NOTICE_TTL_SECONDS = 86_400;
/** The number of emails that one process sends concurrently. */
export const MAX_MAILS_UNDER_WAY = 5;
/** Time limit of one attempt, from connecting to the last reply. */
export const SEND_DEADLINE_SECONDS = 60;
/** Lease of a claimed email. It is longer than an attempt, so that it ends only when the process has died. */
export const LEASE_SECONDS = 120;
/** Delay between attempts. */
export const MAIL_BACKOFF: Backoff = { baseSeconds: 5, mostSeconds: 300 };
/** Retention of a row, which contains the recipient's address, after the email was sent or has failed. */
export const SENT_KEPT_SECONDS = 7 * 86_400;
export const FAILED_KEPT_SECONDS = 30 * 86_400;
/** Rows removed in one transaction. */
export const MAX_PURGED = 500;

/** An email was not accepted or is not sent. Only `code` is stored and logged: messages may contain addresses. */
export class MailError extends Error {
  override readonly name = 'MailError';

  constructor(
    readonly code: string,
    /** Whether a retry would fail, too. */
    readonly isPermanent: boolean,
    /** What the operator can do; logged only. */
    readonly hint: string | null = null,
  ) {
    super(code);
  }
}
