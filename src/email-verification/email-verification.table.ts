import type { Selectable } from 'kysely';
import type { Instant } from '../clock.js';
import type { EmailVerificationId, EnvironmentId, UserId } from '../ids.js';
import type { EmailVerification } from './email-verification.js';

export interface EmailVerificationTable {
  environment_id: EnvironmentId;
  id: EmailVerificationId;
  user_id: UserId;
  email: string;
  /** HMAC-SHA256 in hexadecimal. */
  code_hash: string;
  /** Guesses made. */
  attempts: number;
  expires_at: Instant;
  /** When the code was used. */
  consumed_at: Instant | null;
  /** 1 for the newest of its user, and for no other: a unique index holds that. */
  is_newest: 0 | 1;
  created_at: Instant;
}

export type EmailVerificationRow = Selectable<EmailVerificationTable>;

export function toEmailVerification(row: EmailVerificationRow): EmailVerification {
  return {
    id: row.id,
    userId: row.user_id,
    email: row.email,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
  };
}
