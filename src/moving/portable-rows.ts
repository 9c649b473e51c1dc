import { engineOf } from '../db/engine.js';
import type { Handle, Transaction } from '../db/handle.js';
import type { Row as RowOf } from '../db/tables.js';
import type { EnvironmentId } from '../domain/ids.js';
import { toUser } from '../users/user.table.js';
import { searchableText } from '../users/user-search.js';

export type Value = string | number | Uint8Array | null;
export type Row = Readonly<Record<string, Value>>;

/**
 * Rows in a form that is the same on each engine. Only search numbers differ: SQLite has one index for all environments,
 * in which each has a range of its own.
 */
export class PortableRows {
  readonly #bases = new Map<EnvironmentId, number>();

  /** @param db a handle on the database that has the rows, or gets them */
  constructor(private readonly db: Handle) {}

  async read(table: string, rows: readonly Row[]): Promise<readonly Row[]> {
    if (table === 'search_spaces')
      return rows.map(({ environment_id = null, last = null }) => ({ environment_id, last }));
    return table === 'users' ? this.#shifted(rows, -1) : rows;
  }

  async stored(table: string, rows: readonly Row[]): Promise<readonly Row[]> {
    return table === 'users' ? this.#shifted(rows, 1) : rows;
  }

  async #shifted(rows: readonly Row[], sign: 1 | -1): Promise<readonly Row[]> {
    const shifted: Row[] = [];
    for (const row of rows) {
      const base = await this.#baseOf(row.environment_id as EnvironmentId); // the first column of the key
      shifted.push({ ...row, search_number: Number(row.search_number) + sign * base });
    }
    return shifted;
  }

  async #baseOf(environmentId: EnvironmentId): Promise<number> {
    const known = this.#bases.get(environmentId);
    if (known !== undefined) return known;
    const base = (await engineOf(this.db).searchIndex.baseOf(this.db, environmentId)) ?? 0;
    this.#bases.set(environmentId, base);
    return base;
  }
}

/** Writes the search entries of users that were inserted as rows. */
export async function indexUsers(trx: Transaction, rows: readonly Row[]): Promise<void> {
  const byEnvironment = new Map<EnvironmentId, { number: number; text: string }[]>();
  for (const row of rows as unknown as readonly RowOf<'users'>[]) {
    const entries = byEnvironment.get(row.environment_id) ?? [];
    entries.push({ number: row.search_number, text: searchableText(toUser(row)) });
    byEnvironment.set(row.environment_id, entries);
  }
  for (const [environmentId, entries] of byEnvironment) {
    await engineOf(trx).searchIndex.insert(trx, environmentId, entries);
  }
}
