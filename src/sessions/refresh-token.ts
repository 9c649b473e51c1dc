import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId, type SessionId } from '../domain/ids.js';
import { deriveKey } from '../secrets/secret-key.js';
import type { Session } from './session.js';

/** The parts of a refresh token, not verified yet. */
export interface RefreshClaim {
  readonly sessionId: SessionId;
  readonly generation: number;
  readonly mac: Buffer;
}

/**
 * Returns the refresh token of a session's generation, e.g. `rt_01E4…_3_` followed by 43 characters. It is derived
 * from the row and SECRET_KEY. It is stored nowhere, and a lost response can be repeated.
 */
export function refreshTokenOf(session: Pick<Session, 'id' | 'generation' | 'createdAt'>, secretKey: string): string {
  const ulid = session.id.slice('session_'.length);
  return `rt_${ulid}_${session.generation}_${macOf(session, session.generation, secretKey).toString('base64url')}`;
}

/** Parses a refresh token without verifying it. Returns null when the text is malformed. */
export function parseRefreshToken(text: string): RefreshClaim | null {
  const [, ulid = '', generation = '', mac = ''] = /^rt_([0-9A-Z]{26})_(\d{1,9})_([\w-]{43})$/.exec(text) ?? [];
  const sessionId = `session_${ulid}`;
  if (!isId('session', sessionId)) return null;
  return { sessionId, generation: Number(generation), mac: Buffer.from(mac, 'base64url') };
}

/** Returns whether this server issued the token, even if it is no longer valid. */
export function isGenuine({ generation, mac }: RefreshClaim, session: Session, secretKey: string): boolean {
  const made = macOf(session, generation, secretKey);
  return mac.length === made.length && timingSafeEqual(mac, made);
}

function macOf({ id, createdAt }: Pick<Session, 'id' | 'createdAt'>, generation: number, secretKey: string): Buffer {
  const key = deriveKey(secretKey, 'refresh tokens');
  return createHmac('sha256', key).update(`${id}|${generation}|${createdAt}`).digest();
}
