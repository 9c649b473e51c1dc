import { createHmac } from 'node:crypto';
import { addSeconds, type Instant, secondsUntil } from '../clock.js';
import { RateLimitedError } from '../errors.js';
import { deriveKey } from '../secret-key.js';

/** Passwords that may be tried for one address in a minute, right ones counted too. */
export const MAX_SIGN_INS_PER_MINUTE = 10;
/** The same in a day: NIST SP 800-63B, 3.2.2 has at most 100 failures in a row. */
export const MAX_SIGN_INS_PER_DAY = 100;
/** Passwords that may be tried from one network address in a minute, for whomever. */
export const MAX_SIGN_INS_PER_NETWORK_ADDRESS = 100;

/** What is counted: so many attempts in a window that begins with the first of them. */
export interface AttemptBucket {
  /** HMAC of what is counted: the table tells no addresses. */
  readonly bucket: string;
  readonly limit: number;
  readonly seconds: number;
  readonly what: string;
}

/** The windows that one attempt counts in, those first that keep a guesser out of the others. */
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

/** How long a window is remembered at the most. */
export const LONGEST_WINDOW_SECONDS = 86_400;

/** Why an attempt is one too many; null when it is not. */
export function refusalOf(bucket: AttemptBucket, attempts: number, startedAt: Instant, now: Instant) {
  if (attempts <= bucket.limit) return null;
  const wait = Math.max(1, secondsUntil(now, addSeconds(startedAt, bucket.seconds)));
  return new RateLimitedError(`Too many sign-ins were tried for ${bucket.what}.`, wait);
}
