import { sql } from 'kysely';
import { OperatorError } from '../domain/operator-error.js';
import type { Clock } from '../runtime/clock.js';
import type { Database } from './database.js';
import { engineOf } from './engine.js';
import type { Transaction } from './handle.js';

/** One step from a schema to the next. It is applied whole or not at all. */
export interface Migration {
  /** Number and purpose, e.g. `0001-initial`. */
  readonly name: string;
  /** SQL, or what SQL cannot do by itself: a function that is handed the transaction of the step. */
  readonly statements: readonly (string | ((trx: Transaction) => Promise<void>))[];
}

/** The database is not one this program can serve; the message says what to do. */
export class SchemaMismatchError extends OperatorError {
  override readonly name = 'SchemaMismatchError';
}

/**
 * Applies the steps the database lacks. Several processes may do so at once: each step takes the write lock, looks
 * again, and is done by one of them.
 *
 * @returns the names of the steps this call applied
 * @throws {SchemaMismatchError} when the database knows steps that this program does not: a newer one made it
 */
export async function migrate(db: Database, migrations: readonly Migration[], clock: Clock): Promise<string[]> {
  const applied: string[] = [];
  for (const migration of migrations) {
    const isMine = await db.transaction(null, async (trx) => {
      await engineOf(trx).beginMigration(trx);
      if ((await pending(trx, migrations))[0] !== migration.name) return false;
      for (const statement of migration.statements) {
        await (typeof statement === 'string' ? sql.raw(statement).execute(trx) : statement(trx));
      }
      await trx.insertInto('schema_migrations').values({ name: migration.name, applied_at: clock.now() }).execute();
      return true;
    });
    if (isMine) applied.push(migration.name);
  }
  return applied;
}

/**
 * The steps the database still lacks.
 *
 * @throws {SchemaMismatchError} as `migrate`
 */
export async function pendingMigrations(db: Database, migrations: readonly Migration[]): Promise<string[]> {
  return db.transaction(null, async (trx) => {
    const isNew = !(await engineOf(trx).hasTable(trx, 'schema_migrations'));
    return isNew ? migrations.map((migration) => migration.name) : pending(trx, migrations);
  });
}

async function pending(trx: Transaction, migrations: readonly Migration[]): Promise<string[]> {
  const rows = await trx.selectFrom('schema_migrations').select('name').orderBy('name').execute();
  const known = migrations.map((migration) => migration.name);
  const foreign = rows.map((row) => row.name).filter((name) => !known.includes(name));
  if (foreign.length > 0) {
    throw new SchemaMismatchError(
      `The database was made by a newer usergraph (it has ${foreign.join(', ')}): start that version, or restore a backup.`,
    );
  }
  return known.slice(rows.length);
}
