import { type DatabaseConnection, Kysely, Transaction as KyselyTransaction } from 'kysely';
import { Ambient } from '../scheduling/ambient.js';
import { assertWanted } from '../scheduling/request-life.js';
import { takeTurn } from '../scheduling/turns.js';
import { type Engine, EngineExecutor, partsOf } from './engine.js';
import type { Tables } from './tables.js';

/** A handle to query with: the reader, or the transaction of a unit. Store functions take one first. */
export type Handle = Kysely<Tables>;

/** The handle of one unit of work; asked for by store functions that make no sense outside a transaction. */
export type Transaction = KyselyTransaction<Tables>;

const insideUnit = new Ambient<true>();

/** Runs `unit` so that handles from outside it, and a second transaction inside it, throw instead of misbehaving. */
export function enterUnit<T>(unit: () => Promise<T>): Promise<T> {
  return insideUnit.run(true, unit);
}

/** Runs work that does not belong to the unit it is called in, such as a read of another database. */
export function leaveUnit<T>(work: () => T): T {
  return insideUnit.exit(work);
}

/** @throws when called inside a unit of work */
export function assertOutsideUnit(what: string): void {
  if (insideUnit.get()) {
    throw new Error(`${what} inside a transaction: use the handle the unit was given.`);
  }
}

function propsFor(engine: Engine, connection: DatabaseConnection) {
  const { dialect } = engine;
  return {
    config: { dialect },
    dialect,
    driver: partsOf(engine).driver,
    executor: new EngineExecutor(engine, connection),
  };
}

/**
 * The reading handle. Throws inside a unit of work, where it would see the state before the unit, and when nobody waits
 * for the answer of the request any more. Statements that would keep the event loop for too long wait for its next turn.
 */
export function createReader(engine: Engine, connection: DatabaseConnection): Handle {
  return new Kysely<Tables>(
    propsFor(engine, {
      executeQuery: async (query) => {
        assertOutsideUnit('The reader was used');
        await takeTurn();
        assertWanted();
        return connection.executeQuery(query);
      },
      streamQuery: (query, size) => connection.streamQuery(query, size),
    }),
  );
}

/** A handle for one unit, and the function that ends it: a query that comes later throws and does not run. */
export function createTransaction(
  engine: Engine,
  connection: DatabaseConnection,
): { transaction: Transaction; end: () => void } {
  let ended = false;
  const transaction = new KyselyTransaction<Tables>(
    propsFor(engine, {
      executeQuery: async (query) => {
        if (ended) throw new Error('A transaction handle was used after its unit had ended: await every query.');
        return connection.executeQuery(query);
      },
      streamQuery: (query, size) => connection.streamQuery(query, size),
    }),
  );
  return {
    transaction,
    end: () => {
      ended = true;
    },
  };
}
