import type { Backoff } from '../backoff.js';
import type { Instant } from '../clock.js';
import { InvalidInputError } from '../errors.js';
import type { EventName, NewEvent } from '../events/event.js';
import type { EnvironmentId, WebhookEndpointId } from '../ids.js';
import type { Random } from '../random.js';
import { checkUnicode, MAX_URL_LENGTH } from '../text.js';
import { mayLeadSomewhere, type Network } from './webhook-address.js';

/** Where events are sent to, and how far (WorkOS contract, section 4). */
export interface WebhookEndpoint {
  readonly id: WebhookEndpointId;
  readonly environmentId: EnvironmentId;
  /** In its normal form: `parseEndpointUrl`. */
  readonly url: string;
  /** Events that are sent; at least one, none twice. */
  readonly types: readonly EventName[];
  readonly isEnabled: boolean;
  /** The secret that signs, encrypted under the server's key. */
  readonly secret: Buffer;
  /** The one before it, encrypted; it signs too, until then. */
  readonly previousSecret: { readonly secret: Buffer; readonly until: Instant } | null;
  readonly progress: Progress;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** How far the delivery to an endpoint is. */
export interface Progress {
  /** Number of the last event that was dealt with; those behind it are sent in the order of the log. */
  readonly position: number;
  /** Goes up when somebody takes or moves it: tells which taking an outcome belongs to. */
  readonly claims: number;
  /** Failed attempts at the event that is next. */
  readonly attempts: number;
  /** Since when nothing was taken; null when the last attempt succeeded. */
  readonly failingSince: Instant | null;
  /** When it may be taken; while a process has it, the end of the lease. */
  readonly nextAttemptAt: Instant;
}

/** An endpoint that was just made or got another secret: shown this once. */
export interface EndpointWithSecret {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

export interface NewWebhookEndpoint {
  readonly url: string;
  readonly types: readonly EventName[];
}

/** Input of `updateWebhookEndpoint`: what is left out (undefined) stays. */
export interface WebhookEndpointPatch {
  readonly url?: string | null | undefined;
  readonly types?: readonly EventName[] | null | undefined;
  readonly enabled?: boolean | null | undefined;
}

export const MAX_WEBHOOK_ENDPOINTS = 50;
/** How long two secrets of an endpoint may sign side by side. */
export const MAX_SECRET_OVERLAP_SECONDS = 604_800;
export const SECRET_OVERLAP_SECONDS = 86_400;
/** Between attempts: 5 seconds at first, 4 hours in the end. */
export const WEBHOOK_BACKOFF: Backoff = { baseSeconds: 5, mostSeconds: 4 * 3_600 };
/** After so long without one success the endpoint is disabled (contract, section 4: retries over three days). */
export const GIVE_UP_SECONDS = 3 * 86_400;
/** How long a receiver may take to answer. */
export const WEBHOOK_TIMEOUT_SECONDS = 15;

const SECRET_BYTES = 32;

/** `whsec_` and 256 bits in base64, as Standard Webhooks asks for; WorkOS's look the same. */
export function createWebhookSecret(random: Random): string {
  return `whsec_${random.bytes(SECRET_BYTES).toString('base64')}`;
}

/**
 * The normal form of an address, by which two endpoints are compared: as the URL standard parses and writes it, without
 * the dot that may end a host name.
 *
 * Complains of an address that nothing will be sent to. What a name resolves to is looked at with every delivery.
 *
 * @param networks private ones that may be reached, by http too
 */
export function parseEndpointUrl(text: string, networks: readonly Network[], problems: InvalidInputError[]): string {
  const url = new URL(text);
  if (/[^.]\.$/.test(url.hostname)) url.hostname = url.hostname.slice(0, -1);
  const complain = (message: string, code: 'INVALID_INPUT' | 'ADDRESS_REFUSED' = 'INVALID_INPUT') =>
    problems.push(new InvalidInputError(code, message, ['url']));
  const { protocol, username, password, hostname, href } = url;
  if (href.length > MAX_URL_LENGTH) complain(`An address has at most ${MAX_URL_LENGTH} characters, as it is sent.`);
  if (username !== '' || password !== '' || href.includes('#')) {
    complain('The address of an endpoint has no user, password or fragment: a signature tells who sends.');
  }
  if (protocol !== 'https:' && protocol !== 'http:') {
    complain('The address of an endpoint begins with https://.');
  } else if (hostname.split('.').includes('')) {
    complain('The host of the address is no name: it has an empty part between its dots.');
  } else if (!mayLeadSomewhere(hostname, protocol === 'https:', networks)) {
    complain(refusalOf(hostname, protocol === 'https:', networks), 'ADDRESS_REFUSED');
  }
  checkUnicode({ url: text }, problems);
  return href;
}

function refusalOf(hostname: string, isSecure: boolean, networks: readonly Network[]): string {
  const wanted =
    'Use an address that is public and begins with https://, or have the operator name its network in WEBHOOK_NETWORKS.';
  // By https it would be taken: the host is public.
  if (!isSecure && mayLeadSomewhere(hostname, true, networks))
    return `Nothing is sent to public hosts by http. ${wanted}`;
  return `Nothing is sent to ${hostname}, which is not public. ${wanted}`;
}

/** Complains of an endpoint that would get nothing. */
export function checkTypes(types: readonly EventName[], problems: InvalidInputError[]): void {
  if (types.length > 0) return;
  problems.push(new InvalidInputError('INVALID_INPUT', 'An endpoint has at least one type.', ['types']));
}

/** What the log says of an endpoint. Its secrets are in no event. */
export function webhookData({ id, url, types, isEnabled, createdAt, updatedAt }: WebhookEndpoint) {
  return { id, url, types, isEnabled, createdAt, updatedAt };
}

export function webhookEvent(
  name: `webhook_endpoint.${'created' | 'updated' | 'deleted' | 'disabled'}`,
  endpoint: WebhookEndpoint,
) {
  return { name, userId: null, organizationId: null, data: webhookData(endpoint) } satisfies NewEvent;
}
