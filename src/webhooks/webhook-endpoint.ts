import { InvalidInputError } from '../domain/errors.js';
import type { EnvironmentId, WebhookEndpointId } from '../domain/ids.js';
import type { EventName } from '../events/event-data.js';
import { checkUnicode, MAX_URL_LENGTH } from '../input/text.js';
import type { Instant } from '../runtime/clock.js';
import type { Random } from '../runtime/random.js';
import type { Backoff } from '../scheduling/backoff.js';
import { isHostAllowed, type Network } from './webhook-address.js';

/** A URL that receives events, and the state of the delivery to it (WorkOS contract, section 4). */
export interface WebhookEndpoint {
  readonly id: WebhookEndpointId;
  readonly environmentId: EnvironmentId;
  /** The normal form that `parseEndpointUrl` returns. */
  readonly url: string;
  /** Names of the events that are sent: at least one, without duplicates. */
  readonly types: readonly EventName[];
  readonly isEnabled: boolean;
  /** The signing secret, encrypted with SECRET_KEY. */
  readonly secret: Buffer;
  /** The previous signing secret, encrypted. It also signs deliveries before `until`. */
  readonly previousSecret: { readonly secret: Buffer; readonly until: Instant } | null;
  readonly progress: Progress;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** The state of the delivery to an endpoint. */
export interface Progress {
  /** Sequence number of the last processed event. Later events are sent in the order of the event log. */
  readonly position: number;
  /** Incremented by every claim and update, so that a worker with an outdated claim cannot store its outcome. */
  readonly claims: number;
  /** Number of failed attempts to send the next event. */
  readonly attempts: number;
  /** When the first failure since the last success occurred; null when the last attempt succeeded. */
  readonly failingSince: Instant | null;
  /** When the endpoint can be claimed. While a process owns it, the end of the lease. */
  readonly nextAttemptAt: Instant;
}

/** An endpoint and its new secret. The secret is returned only once. */
export interface EndpointWithSecret {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

export interface NewWebhookEndpoint {
  readonly url: string;
  readonly types: readonly EventName[];
}

/** Input of `updateWebhookEndpoint`. An undefined field is not changed. */
export interface WebhookEndpointPatch {
  readonly url?: string | null | undefined;
  readonly types?: readonly EventName[] | null | undefined;
  readonly enabled?: boolean | null | undefined;
}

export const MAX_WEBHOOK_ENDPOINTS = 50;
/** The longest time for which two secrets of an endpoint can be valid at once. */
export const MAX_SECRET_OVERLAP_SECONDS = 604_800;
export const SECRET_OVERLAP_SECONDS = 86_400;
/** Delay between attempts: starts at 5 seconds and grows to 4 hours. */
export const WEBHOOK_BACKOFF: Backoff = { baseSeconds: 5, mostSeconds: 4 * 3_600 };
/** An endpoint is disabled after this time without a success (contract, section 4: retries over three days). */
export const GIVE_UP_SECONDS = 3 * 86_400;
/** Time limit for the response of a receiver. */
export const WEBHOOK_TIMEOUT_SECONDS = 15;

const SECRET_BYTES = 32;

/** Creates a secret: `whsec_` and 256 bits in base64, as specified by Standard Webhooks. WorkOS uses the same form. */
export function createWebhookSecret(random: Random): string {
  return `whsec_${random.bytes(SECRET_BYTES).toString('base64')}`;
}

/**
 * Validates and normalizes the URL of an endpoint. The normal form is the serialization of the URL standard without a
 * trailing dot in the host name. Endpoints are compared by it.
 *
 * The addresses that a host name resolves to are checked at each delivery, not here.
 *
 * @param networks private networks that are allowed, also over http
 * @param problems receives what is wrong with the URL
 */
export function parseEndpointUrl(text: string, networks: readonly Network[], problems: InvalidInputError[]): string {
  const url = new URL(text);
  if (/[^.]\.$/.test(url.hostname)) url.hostname = url.hostname.slice(0, -1);
  const addProblem = (message: string, code: 'INVALID_INPUT' | 'ADDRESS_REFUSED' = 'INVALID_INPUT') =>
    problems.push(new InvalidInputError(code, message, ['url']));
  const { protocol, username, password, hostname, href } = url;
  if (href.length > MAX_URL_LENGTH)
    addProblem(`A URL can have at most ${MAX_URL_LENGTH} characters in its normal form.`);
  if (username !== '' || password !== '' || href.includes('#')) {
    addProblem(
      'The URL must not have a user, password or fragment. Receivers authenticate requests by their signature.',
    );
  }
  if (protocol !== 'https:' && protocol !== 'http:') {
    addProblem('The URL of an endpoint must begin with https://.');
  } else if (hostname.split('.').includes('')) {
    addProblem('The host of the URL is not valid: it has an empty label.');
  } else if (!isHostAllowed(hostname, protocol === 'https:', networks)) {
    addProblem(refusalOf(hostname, protocol === 'https:', networks), 'ADDRESS_REFUSED');
  }
  checkUnicode({ url: text }, problems);
  return href;
}

function refusalOf(hostname: string, isSecure: boolean, networks: readonly Network[]): string {
  const wanted =
    'Use a public URL that begins with https://, or ask the operator to add its network to WEBHOOK_NETWORKS.';
  // The host is public if it is allowed over https.
  if (!isSecure && isHostAllowed(hostname, true, networks))
    return `Webhooks are not sent to public hosts over http. ${wanted}`;
  return `Webhooks are not sent to ${hostname} because it is not public. ${wanted}`;
}

/** Requires at least one event type. */
export function checkTypes(types: readonly EventName[], problems: InvalidInputError[]): void {
  if (types.length > 0) return;
  problems.push(new InvalidInputError('INVALID_INPUT', 'Specify at least one event type.', ['types']));
}
