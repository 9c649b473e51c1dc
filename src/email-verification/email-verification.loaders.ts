import DataLoader from 'dataloader';
import type { Handle } from '../db/handle.js';
import type { EmailVerificationId, EnvironmentId } from '../ids.js';
import type { EmailVerification } from './email-verification.js';
import * as store from './email-verification.store.js';

export type EmailVerificationLoaders = ReturnType<typeof createEmailVerificationLoaders>;

export function createEmailVerificationLoaders(db: Handle, environmentId: EnvironmentId) {
  return {
    byId: new DataLoader<EmailVerificationId, EmailVerification | null>(async (ids) => {
      const verifications = await store.findMany(db, environmentId, ids);
      return ids.map((id) => verifications.get(id) ?? null);
    }),
  };
}
