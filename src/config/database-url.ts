import { resolve } from 'node:path';

const SCHEME = 'file:';

/**
 * The absolute path of the database file that a `DATABASE_URL` names; the one place that reads it. What stands behind
 * `file:` is a path, from the working directory when it is not absolute, and is taken to the letter: `%20` stays `%20`,
 * and `~` is nobody's home. `file:///srv/x.db` is `/srv/x.db`.
 *
 * @returns null when it names no file: no `file:`, no path, a host, a query, `~`, or SQLite's `:memory:`
 */
export function databaseFileOf(url: string): string | null {
  if (!url.startsWith(SCHEME)) return null;
  const path = url.slice(SCHEME.length).trim();
  if (path === '' || path === ':memory:' || /\?|^~|^\/\/[^/]/.test(path)) return null;
  return resolve(path);
}
