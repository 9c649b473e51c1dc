import { resolve } from 'node:path';

const SCHEME = 'file:';

/**
 * The absolute path of the database file that a `DATABASE_URL` names. What stands behind `file:` is a path, from the
 * working directory when it is not absolute, and is taken to the letter: `%20` stays `%20`, and `~` is nobody's home.
 * `file:///srv/x.db` is `/srv/x.db`.
 *
 * @returns null when it names no file: no `file:`, no path, a host, a query, `~`, or SQLite's `:memory:`
 */
export function databaseFileOf(url: string): string | null {
  if (!url.startsWith(SCHEME)) return null;
  const path = url.slice(SCHEME.length).trim();
  if (path === '' || path === ':memory:' || /\?|^~|^\/\/[^/]/.test(path)) return null;
  return resolve(path);
}

/** Whether a `DATABASE_URL` leads to a PostgreSQL database: it names a host, or a socket in a parameter, and the database. */
export function isPostgresUrl(url: string): boolean {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) return false;
  const { pathname } = new URL(url);
  return pathname.length > 1;
}

/** A text with `***` for the password of each URL in it. */
export function withoutPasswords(text: string): string {
  return text.replace(/(\w:\/\/[^/?#\s:@]*):[^/?#\s@]+@/g, '$1:***@');
}
