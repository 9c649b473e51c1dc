import { z } from 'zod';
import type { Session } from '../../sessions/session.js';
import { dateTime } from './common.js';

/** A session. What the server does not keep is null. */
export const SessionObject = z
  .object({
    object: z.literal('session'),
    id: z.string(),
    user_id: z.string(),
    ip_address: z.null(),
    user_agent: z.null(),
    auth_method: z.literal('password'),
    status: z.enum(['active', 'expired', 'revoked']),
    expires_at: dateTime(),
    ended_at: dateTime().nullable(),
    created_at: dateTime(),
    updated_at: dateTime(),
  })
  .meta({ id: 'Session', description: 'A session of a user who signed in.' });

/** @param now the current instant, to tell whether the session has expired */
export function toSessionObject(session: Session, now: string): z.output<typeof SessionObject> {
  const { revokedAt, expiresAt } = session;
  const isExpired = revokedAt === null && expiresAt <= now;
  return {
    object: 'session',
    id: session.id,
    user_id: session.userId,
    ip_address: null,
    user_agent: null,
    auth_method: 'password',
    status: revokedAt === null ? (isExpired ? 'expired' : 'active') : 'revoked',
    expires_at: expiresAt,
    ended_at: revokedAt ?? (isExpired ? expiresAt : null),
    created_at: session.createdAt,
    updated_at: revokedAt ?? session.refreshedAt,
  };
}
