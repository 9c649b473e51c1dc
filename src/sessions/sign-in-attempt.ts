import { createHmac } from 'node:crypto';
import { RateLimitedError } from '../domain/errors.js';
import { addSeconds, type Instant, secondsUntil } from '../runtime/clock.js';
import { deriveKey } from '../secrets/secret-key.js';

/** Sign-in attempts per email address and minute, successful ones included. */
export const MAX_SIGN_INS_PER_MINUTE = 10;
/** Sign-in attempts per email address and day. NIST SP 800-63B, 3.2.2, allows at most 100 consecutive failures. */
export const MAX_SIGN_INS_PER_DAY = 100;
/** Sign-in attempts per network address and minute, for any account. */
export const MAX_SIGN_INS_PER_NETWORK_ADDRESS = 100;

/** A rate limit: at most `limit` attempts in a window that begins with the first attempt. */
export interface AttemptBucket {
  /** HMAC of the address that is counted, so that the table contains no addresses. */
  readonly bucket: string;
  readonly limit: number;
  readonly seconds: number;
  readonly what: string;
}

/** Returns the rate limits of an attempt. The network address comes first: its rejections do not count for accounts. */
export function bucketsOf(emailNormal: string, networkAddress: string | null, secretKey: string): AttemptBucket[] {
  const key = deriveKey(secretKey, 'sign-in attempts');
  const bucket = (kind: string, seconds: number, text: string) =>
    createHmac('sha256', key).update(`${kind}|${seconds}|${text}`).digest('base64url');
  const account = (limit: number, seconds: number) => ({
    bucket: bucket('account', seconds, emailNormal),
    limit,
    seconds,
    what: 'this address',
  });
  const accounts = [account(MAX_SIGN_INS_PER_MINUTE, 60), account(MAX_SIGN_INS_PER_DAY, 86_400)];
  if (networkAddress === null) return accounts;
  const network = {
    bucket: bucket('network', 60, networkAddress),
    limit: MAX_SIGN_INS_PER_NETWORK_ADDRESS,
    seconds: 60,
  };
  return [{ ...network, what: 'your network address' }, ...accounts];
}

/** Length of the longest window. */
export const LONGEST_WINDOW_SECONDS = 86_400;

/** Returns the error of an attempt that exceeds the limit, or null when it does not. */
export function refusalOf(bucket: AttemptBucket, attempts: number, startedAt: Instant, now: Instant) {
  if (attempts <= bucket.limit) return null;
  const wait = Math.max(1, secondsUntil(now, addSeconds(startedAt, bucket.seconds)));
  return new RateLimitedError(`Too many sign-in attempts for ${bucket.what}. Try again later.`, wait);
}
