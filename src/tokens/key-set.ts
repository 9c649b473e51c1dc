import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { addSeconds, type Clock, type Instant } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';

/** How long the keys of an issuer are cached. */
export const KEY_SET_SECONDS = 600;
/** Minimum time between requests to an issuer, so that tokens with invented key ids cannot flood it. */
export const KEY_SET_COOLDOWN_SECONDS = 30;
/** How long cached keys are used while the issuer is unavailable. */
export const MAX_STALE_KEY_SET_SECONDS = 86_400;
/** Time limit for the response of an issuer. */
const TIMEOUT_MS = 5_000;
/** Maximum size of a key set. Real key sets have a few kilobytes. */
export const MAX_KEY_SET_BYTES = 262_144;

/** The function that fetches key sets. Tests replace it. */
export type Fetch = (url: string, init: { signal: AbortSignal; redirect: 'error' }) => Promise<Response>;

interface KeptKeySet {
  readonly getKey: JWTVerifyGetKey;
  readonly fetchedAt: Instant;
}

/**
 * A cache of the published keys of issuers (RFC 7517). Keys are cached for ten minutes and fetched again when a token
 * names an unknown key. While the issuer is unavailable, cached keys are used for up to a day.
 */
export class KeySets {
  readonly #kept = new Map<string, KeptKeySet>();
  readonly #triedAt = new Map<string, Instant>();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(private readonly deps: { readonly clock: Clock; readonly logger: Logger; readonly fetch: Fetch }) {}

  /** Returns a function that finds the key of a token. @throws {errors.JOSEError} when there is no matching key */
  of(url: string): JWTVerifyGetKey {
    return async (header, token) => {
      if (this.#isOlderThan(url, KEY_SET_SECONDS)) await this.#refresh(url);
      try {
        return await this.#usable(url).getKey(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        // The issuer may have rotated its keys.
        await this.#refresh(url);
        return this.#usable(url).getKey(header, token);
      }
    };
  }

  #usable(url: string): KeptKeySet {
    const kept = this.#kept.get(url);
    if (!kept || this.#isOlderThan(url, MAX_STALE_KEY_SET_SECONDS)) {
      throw new errors.JWKSInvalid('the keys of the issuer are not available');
    }
    return kept;
  }

  #isOlderThan(url: string, seconds: number): boolean {
    const kept = this.#kept.get(url);
    return !kept || this.deps.clock.now() >= addSeconds(kept.fetchedAt, seconds);
  }

  /** Fetches the keys, at most once per cooldown. Concurrent callers share one request. */
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
      this.deps.logger.warn({ url, reason }, 'failed to fetch the keys of an issuer; cached keys remain in use');
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
