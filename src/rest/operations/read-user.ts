import { createJsonReader } from '../../auth/json-reader.js';
import { isId } from '../../domain/ids.js';
import { forEachColumn } from '../../domain/profile-fields.js';
import { after, type MaybePromise } from '../../scheduling/maybe-promise.js';
import type { User } from '../../users/user.js';
import { userLoaders } from '../../users/user.loaders.js';
import { notFound } from '../protocol/failure.js';
import { JsonText, type RestContext } from '../protocol/operation.js';

/** The fields of `UserObject`, in its order. */
const readText = createJsonReader(
  userLoaders,
  {
    id: 'id',
    email: 'email',
    email_verified: 'emailVerified',
    ...forEachColumn((field) => field),
    profile_picture_url: 'profilePictureUrl',
    last_sign_in_at: 'lastSignInAt',
    external_id: 'externalId',
    metadata: 'metadata',
    locale: 'locale',
    created_at: 'createdAt',
    updated_at: 'updatedAt',
  },
  { object: 'user' },
);

/** Loads the user whose list is read. @throws {RestFailure} 404 */
export async function loadUser({ loaders }: Pick<RestContext, 'loaders'>, id: string): Promise<User> {
  const user = isId('user', id) ? await loaders.of(userLoaders).byId.load(id) : null;
  if (!user) throw notFound('User', id);
  return user;
}

/** Reads the user with this ID. The most frequent request, so it makes no object of the row. @throws {RestFailure} 404 */
export function readUser({ viewer, db, assertWanted }: RestContext, id: string): MaybePromise<JsonText> {
  const rows = (query: Parameters<typeof db.rows>[0]) => db.rows(query, assertWanted, true, viewer.asOf);
  const found = isId('user', id) ? readText({ viewer, db: db.reader, rows }, id) : null;
  return after(found, (text) => {
    if (text === null) throw notFound('User', id);
    assertWanted();
    return new JsonText(text);
  });
}
