import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { addSeconds, type Clock, type Instant } from '../clock.js';
import type { Logger } from '../logger.js';

/** How long the keys of an issuer are taken as they are; then they are asked for anew. */
export const KEY_SET_SECONDS = 600;
/** How soon a key that is not there may be asked for again: who sends made-up ones must not flood the issuer. */
export const KEY_SET_COOLDOWN_SECONDS = 30;
/** How long keys go on being used while the issuer does not answer. */
export const MAX_STALE_KEY_SET_SECONDS = 86_400;
/** How long an issuer may take to answer. */
const TIMEOUT_MS = 5_000;
/** A key set has some kilobytes; one that is larger is something else. */
export const MAX_KEY_SET_BYTES = 262_144;

/** What asks for key sets: `fetch`, or what a test puts in its place. */
export type Fetch = (url: string, init: { signal: AbortSignal; redirect: 'error' }) => Promise<Response>;

interface KeptKeySet {
  readonly getKey: JWTVerifyGetKey;
  readonly fetchedAt: Instant;
}

/**
 * The published keys of issuers (RFC 7517), kept for ten minutes, asked for anew when a token names one that is not
 * there, and used on for a day while the issuer is down.
 */
export class KeySets {
  readonly #kept = new Map<string, KeptKeySet>();
  readonly #triedAt = new Map<string, Instant>();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(private readonly deps: { readonly clock: Clock; readonly logger: Logger; readonly fetch: Fetch }) {}

  /** What finds the key of a token. @throws {errors.JOSEError} when no key fits, or there are none to be had */
  of(url: string): JWTVerifyGetKey {
    return async (header, token) => {
      if (this.#isOlderThan(url, KEY_SET_SECONDS)) await this.#refresh(url);
      try {
        return await this.#usable(url).getKey(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        // A new key is announced by the first token that it signs.
        await this.#refresh(url);
        return this.#usable(url).getKey(header, token);
      }
    };
  }

  #usable(url: string): KeptKeySet {
    const kept = this.#kept.get(url);
    if (!kept || this.#isOlderThan(url, MAX_STALE_KEY_SET_SECONDS)) {
      throw new errors.JWKSInvalid('the issuer gives no keys');
    }
    return kept;
  }

  #isOlderThan(url: string, seconds: number): boolean {
    const kept = this.#kept.get(url);
    return !kept || this.deps.clock.now() >= addSeconds(kept.fetchedAt, seconds);
  }

  /** At most once in the time of the cooldown, whoever asks; one request serves all who wait. */
  #refresh(url: string): Promise<void> {
    const underWay = this.#underWay.get(url);
    if (underWay) return underWay;
    const now = this.deps.clock.now();
    const triedAt = this.#triedAt.get(url);
    if (triedAt !== undefined && now < addSeconds(triedAt, KEY_SET_COOLDOWN_SECONDS)) return Promise.resolve();
    this.#triedAt.set(url, now);
    const fetching = this.#fetch(url, now).finally(() => this.#underWay.delete(url));
    this.#underWay.set(url, fetching);
    return fetching;
  }

  async #fetch(url: string, now: Instant): Promise<void> {
    try {
      const response = await this.deps.fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const text = await readUpTo(response, MAX_KEY_SET_BYTES);
      const keySet = JSON.parse(text) as JSONWebKeySet; // checked by the next line
      this.#kept.set(url, { getKey: createLocalJWKSet(keySet), fetchedAt: now });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.deps.logger.warn(
        { url, reason },
        'the keys of an issuer could not be read; those there are go on being used',
      );
    }
  }
}

async function readUpTo(response: Response, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > limit) throw new Error(`more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
