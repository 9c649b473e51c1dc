import { createHmac } from 'node:crypto';
import { type Instant, toMilliseconds } from '../runtime/clock.js';

/** The input of the signatures. */
export interface SignedMessage {
  /** Id of the event. It is the same for every attempt, so that a receiver can detect duplicates. */
  readonly id: string;
  /** Time of the attempt. */
  readonly at: Instant;
  readonly body: string;
}

/**
 * Returns the headers of Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature` with one `v1` value
 * for each secret) and of WorkOS (`WorkOS-Signature`, contract, section 4).
 *
 * @param secrets the secrets for `webhook-signature`, newest first
 * @param workosSecret the secret for `WorkOS-Signature`, which holds one signature only
 */
export function signatureHeaders(
  { id, at, body }: SignedMessage,
  secrets: readonly string[],
  workosSecret: string,
): Record<string, string> {
  const milliseconds = toMilliseconds(at);
  const seconds = Math.floor(milliseconds / 1000);
  const signatures = secrets.map((secret) => `v1,${hmac(keyOf(secret), `${id}.${seconds}.${body}`, 'base64')}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
    'workos-signature': `t=${milliseconds}, v1=${hmac(workosSecret, `${milliseconds}.${body}`, 'hex')}`,
  };
}

/** Standard Webhooks signs with the decoded bytes after `whsec_`. WorkOS signs with the whole text. */
function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice('whsec_'.length), 'base64');
}

function hmac(key: string | Buffer, text: string, encoding: 'base64' | 'hex'): string {
  return createHmac('sha256', key).update(text).digest(encoding);
}
