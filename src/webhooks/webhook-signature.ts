import { createHmac } from 'node:crypto';
import { type Instant, toMilliseconds } from '../clock.js';

/** What is signed. */
export interface SignedMessage {
  /** Id of the event: the same with every attempt, so that a receiver knows what it has dealt with. */
  readonly id: string;
  /** When it is sent. */
  readonly at: Instant;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature` with one `v1` for each
 * secret) and of WorkOS (`WorkOS-Signature`, contract, section 4).
 *
 * @param secrets those that sign, the newest first
 * @param workosSecret the one of them for WorkOS's header: its readers take one signature
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

/** Standard Webhooks: the key is what the text behind `whsec_` stands for. WorkOS takes the text itself. */
function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice('whsec_'.length), 'base64');
}

function hmac(key: string | Buffer, text: string, encoding: 'base64' | 'hex'): string {
  return createHmac('sha256', key).update(text).digest(encoding);
}
