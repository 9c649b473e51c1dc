import DataLoader from 'dataloader';
import { defineLoaders } from '../auth/loaders.js';
import type { OneTimeCodeId } from '../one-time-codes/one-time-code.js';
import type { MailDelivery } from './mail.js';
import * as store from './mail.store.js';

/** Loaders of emails. */
export const mailLoaders = defineLoaders('mails.read', ({ db, environmentId, see }) => ({
  /** The delivery status of the email that contains a code. */
  byCode: new DataLoader<OneTimeCodeId, MailDelivery | null>(async (codeIds) => {
    const mails = await store.findManyByCode(db, environmentId, codeIds);
    return codeIds.map((id) => see(mails.get(id)));
  }),
}));
