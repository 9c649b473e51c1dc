import { isId } from '../domain/ids.js';
import { userLoaders } from '../users/user.loaders.js';
import { notFound } from './failure.js';
import { toUserObject } from './objects/user.js';
import type { RestContext } from './operation.js';

/** Reads the user with this ID. @throws {RestFailure} 404 */
export async function readUser({ loaders }: RestContext, id: string) {
  const users = loaders.of(userLoaders);
  const user = isId('user', id) ? await users.byId.load(id) : null;
  if (!user) throw notFound('User', id);
  return toUserObject(user);
}
