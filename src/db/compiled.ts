import type { CompiledQuery, RawBuilder } from 'kysely';
import { type Engine, engineOf } from './engine.js';
import type { Handle } from './handle.js';

/** Stands for a value while a statement is compiled. */
class Slot {
  constructor(readonly name: PropertyKey) {}
}

/** A statement that is built and compiled once, and run with other values each time. */
export type Compiled<Values, Row> = (
  db: Handle,
  values: Values,
) => Promise<{ readonly rows: Row[]; readonly numAffectedRows?: bigint | undefined }>;

/** Returns the value in a place of a statement. */
export type ValueOf<Values> = <Name extends keyof Values>(name: Name) => Values[Name];

/**
 * Builds and compiles a statement once for each engine. Returns a function that binds values to it.
 *
 * @param build builds the statement with what `value` returns in the places of the values
 */
export function template<Values extends object, Row>(
  build: (value: ValueOf<Values>) => RawBuilder<Row>,
): (db: Handle, values: Values) => CompiledQuery<Row> {
  const templates = new Map<Engine, CompiledQuery<Row>>();
  return (db, values) => {
    const engine = engineOf(db);
    // A slot is a value only until the statement is compiled: no code looks at it before.
    const compiledOnce = templates.get(engine) ?? build((name) => new Slot(name) as never).compile(db);
    templates.set(engine, compiledOnce);
    const parameters = compiledOnce.parameters.map(
      (one) => (one instanceof Slot ? values[one.name as keyof Values] : one), // made by `value`, whose names are those
    );
    return { ...compiledOnce, parameters };
  };
}

/**
 * Compiles a statement when it is run first. For statements that run in loops or with every request: building the same
 * statement again took a fifth of the time of a seed.
 */
export function compiled<Values extends object, Row>(
  build: (value: ValueOf<Values>) => RawBuilder<Row>,
): Compiled<Values, Row> {
  const bind = template(build);
  return (db, values) => db.executeQuery(bind(db, values));
}
