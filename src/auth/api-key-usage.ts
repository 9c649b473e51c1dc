import { addSeconds, type Clock, type Instant } from '../clock.js';
import type { Database } from '../db/database.js';
import type { ApiKeyId } from '../ids.js';
import type { Logger } from '../logger.js';
import { outsideRequest } from '../scheduling/request-life.js';
import type { ApiKey } from './api-key.js';
import * as store from './api-key.store.js';

/** How coarse `lastUsedAt` is: a key that is in use costs at most one write in this time, not one a request. */
export const LAST_USED_INTERVAL_SECONDS = 60;
/** Keys whose last write is remembered; one that is forgotten may be written a little earlier. */
const MAX_REMEMBERED_KEYS = 10_000;

/** Notes that keys are used, behind the back of the requests that use them. */
export interface ApiKeyUsage {
  note(key: ApiKey): void;
}

export function createApiKeyUsage(deps: { db: Database; clock: Clock; logger: Logger }): ApiKeyUsage {
  const { db, clock, logger } = deps;
  const written = new Map<ApiKeyId, Instant>();

  function isRecent(at: Instant | null | undefined, now: Instant): boolean {
    return at != null && now < addSeconds(at, LAST_USED_INTERVAL_SECONDS);
  }

  async function write(key: ApiKey, now: Instant): Promise<void> {
    try {
      await db.transaction((trx) => store.touch(trx, key.environmentId, key.id, now));
    } catch (error) {
      // Nobody waits for it, and the next minute brings another try.
      logger.warn({ err: error, keyId: key.id }, 'the last use of a key was not written');
    }
  }

  return {
    note(key) {
      const now = clock.now();
      if (isRecent(key.lastUsedAt, now) || isRecent(written.get(key.id), now)) return;
      written.delete(key.id);
      const oldest = written.keys().next();
      if (written.size >= MAX_REMEMBERED_KEYS && !oldest.done) written.delete(oldest.value);
      written.set(key.id, now);
      outsideRequest(() => void write(key, now));
    },
  };
}
