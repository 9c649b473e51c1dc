import type { Row, Tables } from './tables.js';

/** How a column stores the value of a property. In each of them, null is null. */
export type Storage = 'text' | 'number' | 'flag' | 'json';

/** The column of a property. */
export interface Column<Name extends string = string> {
  readonly name: Name;
  readonly storage: Storage;
}

/** A text, stored as it is. */
export const text = <const Name extends string>(name: Name) => ({ name, storage: 'text' }) as const;
/** A number, stored as it is. */
export const number = <const Name extends string>(name: Name) => ({ name, storage: 'number' }) as const;
/** A boolean, stored as 0 or 1. */
export const flag = <const Name extends string>(name: Name) => ({ name, storage: 'flag' }) as const;
/** A value that is stored as the text `JSON.stringify` makes of it. Nothing else writes the column. */
export const json = <const Name extends string>(name: Name) => ({ name, storage: 'json' }) as const;

/** The columns of the properties of an object. */
export type ColumnsOf<Item, Table extends keyof Tables> = {
  readonly [Property in keyof Item & string]: Column<keyof Row<Table> & string>;
};

/**
 * The only mapping between the rows of a table and the objects of the domain. Each property has one column; a table may
 * have further columns, which the store writes.
 */
export interface Mapping<Item = unknown, Table extends keyof Tables = keyof Tables, Written = object> {
  readonly table: Table;
  /** By property. */
  readonly columns: Readonly<Record<keyof Item & string, Column>>;
  toItem(row: Row<Table>): Item;
  /** The columns of the properties, with the values of the object. */
  toColumns(item: Item): Written;
}

/** Declares the mapping of a table. */
export function mappingOf<Item extends object, Table extends keyof Tables>(table: Table) {
  return <const Columns extends ColumnsOf<Item, Table>>(
    columns: Columns,
  ): Mapping<Item, Table, Pick<Row<Table>, Columns[keyof Item & string]['name']>> => {
    const entries = Object.entries<Column>(columns);
    return {
      table,
      columns,
      // A table of columns has an entry for each property of the object, so both results are complete.
      toItem: (row) => {
        const item: Record<string, unknown> = {};
        for (const [property, { name, storage }] of entries) item[property] = decode(storage, row[name as never]);
        return item as Item;
      },
      toColumns: (item) => {
        const row: Record<string, unknown> = {};
        for (const [property, { name, storage }] of entries) row[name] = encode(storage, item[property as never]);
        return row as Pick<Row<Table>, Columns[keyof Item & string]['name']>;
      },
    };
  };
}

function decode(storage: Storage, value: unknown): unknown {
  if (value === null || storage === 'text' || storage === 'number') return value;
  return storage === 'flag' ? value === 1 : JSON.parse(String(value));
}

function encode(storage: Storage, value: unknown): unknown {
  if (value === null || storage === 'text' || storage === 'number') return value;
  return storage === 'json' ? JSON.stringify(value) : value ? 1 : 0;
}

/** The column of a property; null when the property has none. */
export function columnOf(mapping: Pick<Mapping, 'columns'>, property: string): Column | null {
  const columns: Readonly<Record<string, Column>> = mapping.columns;
  return Object.hasOwn(columns, property) ? (columns[property] ?? null) : null;
}
