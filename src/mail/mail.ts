import type { Backoff } from '../backoff.js';
import type { Instant } from '../clock.js';
import type { EnvironmentId, MailId, UserId } from '../ids.js';
import type { OneTimeCodeId } from '../one-time-codes/one-time-code.js';

/** The mails that are sent, and the values each may show: the server's own, none that a stranger could fill. */
export const MAIL_VALUES = {
  'email-verification': ['code', 'minutes', 'productName', 'recipient'],
  'email-change': ['code', 'minutes', 'productName', 'recipient'],
  'email-changed': ['productName', 'recipient'],
} as const;

export type MailTemplate = keyof typeof MAIL_VALUES;
export const MAIL_STATES = ['PENDING', 'SENT', 'FAILED'] as const;
export type MailState = (typeof MAIL_STATES)[number];

/** What became of a mail, as callers see it. */
export interface MailDelivery {
  readonly state: MailState;
  /** Times it was handed to the mail server. */
  readonly attempts: number;
  /** Why the last attempt failed, e.g. `SMTP_550`; never an address or a text of the mail server. */
  readonly error: string | null;
  /** When it is tried next, while it is pending. */
  readonly nextAttemptAt: Instant | null;
  readonly sentAt: Instant | null;
}

/** A mail to be sent. It holds no code: the worker derives it. */
export interface QueuedMail extends MailDelivery {
  readonly environmentId: EnvironmentId;
  readonly id: MailId;
  readonly template: MailTemplate;
  readonly userId: UserId;
  /** The code it carries; null for a notice. */
  readonly codeId: OneTimeCodeId | null;
  readonly recipient: string;
  /** After this it is not worth sending any more. */
  readonly expiresAt: Instant;
  readonly createdAt: Instant;
}

/** How long a notice is tried. A mail with a code is tried as long as the code lives. */
export const NOTICE_TTL_SECONDS = 86_400;
/** Mails under way at one time, in each process. */
export const MAX_MAILS_UNDER_WAY = 5;
/** How long one attempt may take from connecting to the last answer. */
export const SEND_DEADLINE_SECONDS = 60;
/** How long a mail is one process's: longer than an attempt, so that another takes over only from a dead one. */
export const LEASE_SECONDS = 120;
/** Between attempts. */
export const MAIL_BACKOFF: Backoff = { baseSeconds: 5, mostSeconds: 300 };
/** How long a row is kept, and with it the recipient, once its mail is sent or has failed. */
export const SENT_KEPT_SECONDS = 7 * 86_400;
export const FAILED_KEPT_SECONDS = 30 * 86_400;
/** Rows removed in one transaction. */
export const MAX_PURGED = 500;

/** A mail was not taken, or is not sent. `code` is all that is told of it: messages may repeat an address. */
export class MailError extends Error {
  override readonly name = 'MailError';

  constructor(
    readonly code: string,
    /** Whether trying again is pointless. */
    readonly isPermanent: boolean,
    /** What an operator can do; for the log. */
    readonly hint: string | null = null,
  ) {
    super(code);
  }
}
