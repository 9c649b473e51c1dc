import { LRUCache } from 'lru-cache';
import type { Database } from '../db/database.js';
import type { ApiKeyId } from '../domain/ids.js';
import { type Clock, type Instant, toInstant, toMilliseconds } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { outsideRequest } from '../scheduling/request-life.js';
import type { ApiKey } from './api-key.js';
import * as store from './api-key.store.js';

/** Precision of `lastUsedAt`. A key that is in use causes at most one write in this time. */
export const LAST_USED_INTERVAL_SECONDS = 60;
const INTERVAL_MS = LAST_USED_INTERVAL_SECONDS * 1000;
/** The number of keys whose last write is cached. An evicted key may be written earlier. */
const MAX_REMEMBERED_KEYS = 10_000;

/** Records the use of API keys in the background, without delaying requests. */
export interface ApiKeyUsage {
  note(key: ApiKey): void;
}

export function createApiKeyUsage(deps: { db: Database; clock: Clock; logger: Logger }): ApiKeyUsage {
  const { db, clock, logger } = deps;
  /** When the last use is written next, in milliseconds since the Unix epoch. */
  const dueAt = new LRUCache<ApiKeyId, number>({ max: MAX_REMEMBERED_KEYS });

  async function write(key: ApiKey, now: Instant): Promise<void> {
    try {
      await db.transaction(key.environmentId, (trx) => store.touch(trx, key.environmentId, key.id, now));
    } catch (error) {
      // No request depends on it, and the next use of the key retries it.
      logger.warn({ err: error, keyId: key.id }, 'failed to store the last use of an API key');
    }
  }

  return {
    note(key) {
      const now = clock.millis();
      if (now < (dueAt.get(key.id) ?? 0)) return;
      const stored = key.lastUsedAt === null ? 0 : toMilliseconds(key.lastUsedAt) + INTERVAL_MS;
      dueAt.set(key.id, now < stored ? stored : now + INTERVAL_MS);
      if (now < stored) return;
      outsideRequest(() => void write(key, toInstant(now)));
    },
  };
}
