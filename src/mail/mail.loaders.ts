import DataLoader from 'dataloader';
import type { Handle } from '../db/handle.js';
import type { EnvironmentId } from '../ids.js';
import type { OneTimeCodeId } from '../one-time-codes/one-time-code.js';
import type { MailDelivery } from './mail.js';
import * as store from './mail.store.js';

export type MailLoaders = ReturnType<typeof createMailLoaders>;

export function createMailLoaders(db: Handle, environmentId: EnvironmentId) {
  return {
    /** What became of the mail that carries a code. */
    byCode: new DataLoader<OneTimeCodeId, MailDelivery | null>(async (codeIds) => {
      const mails = await store.findManyByCode(db, environmentId, codeIds);
      return codeIds.map((id) => mails.get(id) ?? null);
    }),
  };
}
