import { RequestError } from '../../domain/errors.js';

/**
 * Returns an object that a foreign key refers to. A request reads in several SQL statements, so the object can be
 * deleted between two of them.
 *
 * @throws {RequestError} DELETED_MEANWHILE when the object was deleted
 */
export async function requireLoaded<T>(loading: Promise<T | null>): Promise<T> {
  const value = await loading;
  if (value !== null) return value;
  throw new RequestError(
    'DELETED_MEANWHILE',
    'This object was deleted while the request was reading it. Send the request again.',
  );
}
