import type { Database } from '../db/database.js';
import type { RemoveRemains } from '../events/event-erasure.service.js';
import * as store from './user-search.store.js';

/** Pages of the index that one transaction merges, so that nobody waits long. */
const MERGED_PAGES = 200;

/**
 * Takes the words of deleted users out of the search index, which only marks them as gone until its parts are merged.
 * Rewrites the index in small steps.
 */
export function createSearchCleaning({ db }: { db: Database }): RemoveRemains {
  return async (_, signal) => {
    await db.transaction((trx) => store.merge(trx, -MERGED_PAGES));
    while (!signal.aborted && (await db.transaction((trx) => store.merge(trx, MERGED_PAGES))));
  };
}
