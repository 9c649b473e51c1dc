/**
 * For what a foreign key guarantees: the object another one points to.
 *
 * @throws when it is gone, which happens only if it was deleted between two statements of this request
 */
export async function found<T>(loading: Promise<T | null>): Promise<T> {
  const value = await loading;
  if (value === null) throw new Error('An object was deleted while the request read it.');
  return value;
}
