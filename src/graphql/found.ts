import { RequestError } from '../errors.js';

/**
 * For what a foreign key guarantees: the object another one points to. A request reads in several statements, so that
 * it may have been deleted between two of them.
 *
 * @throws {RequestError} DELETED_MEANWHILE when it is gone
 */
export async function found<T>(loading: Promise<T | null>): Promise<T> {
  const value = await loading;
  if (value !== null) return value;
  throw new RequestError('DELETED_MEANWHILE', 'This was deleted while the request read it: ask again.');
}
