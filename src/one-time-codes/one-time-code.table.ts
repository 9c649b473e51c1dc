import type { Selectable } from 'kysely';
import type { EnvironmentId, UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { CodePurpose, OneTimeCode, OneTimeCodeId } from './one-time-code.js';

declare module '../db/tables.js' {
  interface Tables {
    one_time_codes: OneTimeCodeTable;
  }
}

/** The digits are not stored: they are derived from the row. */
export interface OneTimeCodeTable {
  environment_id: EnvironmentId;
  id: OneTimeCodeId;
  purpose: CodePurpose;
  user_id: UserId;
  email: string;
  /** `normalizeEmail(email)`. Rate limits per address are counted by it. */
  email_normal: string;
  /** Number of guesses made. */
  attempts: number;
  expires_at: Instant;
  /** When the code was used. */
  consumed_at: Instant | null;
  /** 1 for the newest code of a user and purpose. A unique index allows only one. */
  is_newest: 0 | 1;
  created_at: Instant;
}

export function toOneTimeCode(row: Selectable<OneTimeCodeTable>): OneTimeCode {
  return {
    id: row.id,
    purpose: row.purpose,
    userId: row.user_id,
    email: row.email,
    attempts: row.attempts,
    expiresAt: row.expires_at,
    consumedAt: row.consumed_at,
    isNewest: row.is_newest === 1,
    createdAt: row.created_at,
  };
}

export function toOneTimeCodeRow(
  environmentId: EnvironmentId,
  code: OneTimeCode,
  emailNormal: string,
): Selectable<OneTimeCodeTable> {
  return {
    environment_id: environmentId,
    id: code.id,
    purpose: code.purpose,
    user_id: code.userId,
    email: code.email,
    email_normal: emailNormal,
    attempts: code.attempts,
    expires_at: code.expiresAt,
    consumed_at: code.consumedAt,
    is_newest: code.isNewest ? 1 : 0,
    created_at: code.createdAt,
  };
}
