import { sql } from 'kysely';
import type { Transaction } from '../../src/db/handle.js';
import type { TestApp } from './test-app.js';

/** A row as the driver returns it. */
export type AnyRow = Readonly<Record<string, unknown>>;

/** Runs a statement, as its text. */
export type Run = <Row = AnyRow>(text: string) => Promise<Row[]>;

/** Looks at the database of an app, or changes it behind its back, on either engine. All statements are one transaction. */
export function inSql<T>({ app }: Pick<TestApp, 'app'>, work: (run: Run, trx: Transaction) => Promise<T>): Promise<T> {
  return app.db.transaction(null, (trx) =>
    work(async <Row>(text: string) => (await sql.raw<Row>(text).execute(trx)).rows, trx),
  );
}
