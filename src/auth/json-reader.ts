import type { CompiledQuery } from 'kysely';
import type { Cells } from '../db/database.js';
import type { Handle } from '../db/handle.js';
import { columnOf, type Mapping } from '../db/mapping.js';
import { quote, rowByKey, writeValue } from '../db/row-text.js';
import { after, type MaybePromise } from '../scheduling/maybe-promise.js';
import { type Action, authorize, isVisibleTo, ruleOf } from './policy.js';
import type { Viewer } from './viewer.js';

/** What a read needs: the viewer, the handle whose engine statements are compiled for, and what runs them. */
export interface JsonReading {
  readonly viewer: Viewer;
  readonly db: Handle;
  readonly rows: (query: CompiledQuery) => MaybePromise<readonly Cells[]>;
}

/**
 * Returns a function that reads an object by ID as JSON text, without making an object of its row. The policy is the one
 * of the loaders. It returns null when no object has the ID, or the viewer may not see it.
 *
 * @param set the loaders of objects that are users, or belong to one
 * @param fields the properties of the object by the names of the fields
 * @param literals fields with the same value in each object
 */
export function createJsonReader(
  { action, mapping }: { readonly action: Action; readonly mapping: Pick<Mapping, 'columns' | 'table'> },
  fields: Readonly<Record<string, string>>,
  literals: Readonly<Record<string, string>> = {},
): (reading: JsonReading, id: string) => MaybePromise<string | null> {
  if (ruleOf(action).fields !== undefined) throw new Error(`${action} restricts the fields that a person may see.`);
  const column = (property: string) => {
    const found = columnOf(mapping, property);
    if (found) return found;
    throw new Error(`${mapping.table} has no column for ${property}.`);
  };
  const start = Object.entries(literals).map(([name, value]) => `${quote(name)}:${quote(value)},`);
  const parts = Object.entries(fields).map(([name, property], index) => ({
    prefix: `${index === 0 ? `{${start.join('')}` : ','}${quote(name)}:`,
    ...column(property),
  }));
  const owner = columnOf(mapping, 'userId') ?? column('id');
  const statement = rowByKey({ table: mapping.table, index: null }, column('id').name, [
    owner.name,
    ...parts.map(({ name }) => name),
  ]);
  const write = (row: Cells) => {
    let text = '';
    for (const [index, { prefix, storage }] of parts.entries()) {
      const value = row[index + 1] ?? null;
      text += prefix + (value === null ? 'null' : writeValue(storage, value));
    }
    return `${text}}`;
  };
  return ({ viewer, db, rows }, key) => {
    authorize(viewer, action);
    return after(rows(statement(db, { environmentId: viewer.environmentId, key })), ([row]) =>
      row && isVisibleTo(viewer, String(row[0])) ? write(row) : null,
    );
  };
}
