/** What a write broke, by the columns of the constraint; SQLite names no foreign key. */
export type Violation = { kind: 'unique'; columns: string } | { kind: 'foreign_key' };

/**
 * Translates the driver's error of a violated constraint; null for every other error.
 *
 * @returns for a unique index its columns without the environment, e.g. `users.email_normal`
 */
export function violationOf(error: unknown): Violation | null {
  if (!(error instanceof Error && 'code' in error)) return null;
  if (error.code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return { kind: 'foreign_key' };
  if (error.code !== 'SQLITE_CONSTRAINT_UNIQUE') return null;
  // "UNIQUE constraint failed: users.environment_id, users.email_normal" is all the driver tells.
  const columns = error.message.slice(error.message.indexOf(':') + 1).split(',');
  const own = columns.map((column) => column.trim()).filter((column) => !column.endsWith('.environment_id'));
  return { kind: 'unique', columns: own.join(',') };
}
