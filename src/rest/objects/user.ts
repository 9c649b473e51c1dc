import { z } from 'zod';
import { forEachColumn } from '../../domain/profile-fields.js';
import type { User } from '../../users/user.js';
import { dateTime, metadataObject } from './common.js';

/** A user (WorkOS contract, section 1). */
export const UserObject = z
  .object({
    object: z.literal('user'),
    id: z.string(),
    email: z.string(),
    email_verified: z.boolean(),
    ...forEachColumn(() => z.string().nullable()),
    profile_picture_url: z.string().nullable(),
    last_sign_in_at: dateTime().nullable(),
    external_id: z.string().nullable(),
    metadata: metadataObject(),
    locale: z.string().nullable(),
    created_at: dateTime(),
    updated_at: dateTime(),
  })
  .meta({ id: 'User', description: 'A user of the environment.' });

export function toUserObject(user: User): z.output<typeof UserObject> {
  return {
    object: 'user',
    id: user.id,
    email: user.email,
    email_verified: user.emailVerified,
    ...forEachColumn((field) => user[field]),
    profile_picture_url: user.profilePictureUrl,
    last_sign_in_at: user.lastSignInAt,
    external_id: user.externalId,
    metadata: user.metadata,
    locale: user.locale,
    created_at: user.createdAt,
    updated_at: user.updatedAt,
  };
}
