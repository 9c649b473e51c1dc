import type { Database } from '../db/database.js';
import { engineOf } from '../db/engine.js';
import type { RemoveRemains } from '../events/event-erasure.service.js';

/** Removes the words of deleted users from the search index in a series of short transactions. */
export function createSearchCleaning({ db }: { db: Database }): RemoveRemains {
  const step = (isFirst: boolean) => db.transaction(null, (trx) => engineOf(trx).searchIndex.purge(trx, isFirst));
  return async (_, signal) => {
    await step(true);
    while (!signal.aborted && (await step(false)));
  };
}
