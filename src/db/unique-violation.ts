import type { Tables } from './tables.js';

/** A unique index refused a row. The engine translates the error of its driver into this one. */
export class UniqueViolationError extends Error {
  override readonly name = 'UniqueViolationError';

  /** @param columns the columns of the index without the environment, e.g. `['email_normal']` */
  constructor(
    readonly table: string,
    readonly columns: readonly string[],
    options: ErrorOptions,
  ) {
    super(`The unique index of ${table} (${columns.join(', ')}) refused a row.`, options);
  }
}

/**
 * Runs a write whose conflicts the index decides, not a read before it. When a unique index of `table` refuses the write,
 * the result is that of `onConflict`, which usually throws.
 *
 * @param column the first column of the index; left out, any unique index of the table
 */
export async function orOnConflict<T>(
  { table, column }: { readonly table: keyof Tables; readonly column?: string },
  write: () => Promise<T>,
  onConflict: (violation: UniqueViolationError) => T | Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof UniqueViolationError) || error.table !== table) throw error;
    if (column !== undefined && error.columns[0] !== column) throw error;
    return onConflict(error);
  }
}
