import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId, type SessionId } from '../ids.js';
import { deriveKey } from '../secret-key.js';
import type { Session } from './session.js';

/** What a refresh token says, before anybody has checked it. */
export interface RefreshClaim {
  readonly sessionId: SessionId;
  readonly generation: number;
  readonly mac: Buffer;
}

/**
 * The refresh token of a session's generation, e.g. `rt_01E4…_3_` and 43 characters: derived from the row and the
 * server's key, so that nothing at rest tells it, and an answer that got lost can be given again.
 */
export function refreshTokenOf(session: Pick<Session, 'id' | 'generation' | 'createdAt'>, secretKey: string): string {
  const ulid = session.id.slice('session_'.length);
  return `rt_${ulid}_${session.generation}_${macOf(session, session.generation, secretKey).toString('base64url')}`;
}

/** Null for a text that has not the form of one. */
export function parseRefreshToken(text: string): RefreshClaim | null {
  const [, ulid = '', generation = '', mac = ''] = /^rt_([0-9A-Z]{26})_(\d{1,9})_([\w-]{43})$/.exec(text) ?? [];
  const sessionId = `session_${ulid}`;
  if (!isId('session', sessionId)) return null;
  return { sessionId, generation: Number(generation), mac: Buffer.from(mac, 'base64url') };
}

/** Whether this server made the token, whatever has become of it. */
export function isGenuine({ generation, mac }: RefreshClaim, session: Session, secretKey: string): boolean {
  const made = macOf(session, generation, secretKey);
  return mac.length === made.length && timingSafeEqual(mac, made);
}

function macOf({ id, createdAt }: Pick<Session, 'id' | 'createdAt'>, generation: number, secretKey: string): Buffer {
  const key = deriveKey(secretKey, 'refresh tokens');
  return createHmac('sha256', key).update(`${id}|${generation}|${createdAt}`).digest();
}
