import { type GraphQLObjectType, getNamedType, isNonNullType, isObjectType, type SelectionSetNode } from 'graphql';
import type { CompiledQuery } from 'kysely';
import { type Action, ruleOf } from '../../auth/policy.js';
import type { Viewer } from '../../auth/viewer.js';
import type { Cells } from '../../db/database.js';
import type { Handle } from '../../db/handle.js';
import { columnOf, type Mapping, type Storage } from '../../db/mapping.js';
import { quote, writeValue } from '../../db/row-text.js';
import type { UserId } from '../../domain/ids.js';
import { after, inSequence, type MaybePromise } from '../../scheduling/maybe-promise.js';
import { exposedBy, readOf } from '../builder/reads.js';
import { readConnectionsOf } from './connection.js';
import { prefixOf, type Selected, type Selections } from './selection.js';
import { rowsByKeys } from './statements.js';
import { covered, Uncovered } from './uncovered.js';
import { requireStoredAsIs } from './values.js';

/** What a request brings to a compiled read. */
export interface ReadContext {
  readonly viewer: Viewer;
  /** The person whose objects are the only ones that the viewer may see, or null. */
  readonly person: UserId | null;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Statements are compiled for the engine of this handle. */
  readonly db: Handle;
  readonly rows: (query: CompiledQuery) => MaybePromise<readonly Cells[]>;
}

/** What is gathered while an operation is compiled. */
export interface Compilation {
  readonly selections: Selections;
  /** The actions that the viewer must be allowed to perform. Their scopes do not matter for a person. */
  readonly actions: Set<Action>;
  /** Whether the read is for persons who are confined to their own objects. */
  readonly isForPersons: boolean;
}

/** Requires that a person may perform the action on their own objects. Other viewers are checked when they read. */
export function requireOwn({ isForPersons }: Compilation, action: Action): void {
  if (isForPersons && ruleOf(action).person !== 'own') throw new Uncovered(`${action} by a person`);
}

/** Keeps the rows that the viewer may see. `ownerOf` returns the user that a row belongs to. */
export function keepOwn({ person }: ReadContext, rows: readonly Cells[], owner: number): readonly Cells[] {
  return person === null ? rows : rows.filter((row) => row[owner] === person);
}

/** The column with the user that a row belongs to: a user belongs to themselves. */
export function ownerColumnOf(mapping: Pick<Mapping, 'columns'>): string {
  return covered(columnOf(mapping, 'userId') ?? columnOf(mapping, 'id'), 'id').name;
}

/** The columns that a statement selects. */
export class Columns {
  readonly names: string[] = [];

  /** The index of a column, which is added when it is not selected yet. */
  at(name: string): number {
    const known = this.names.indexOf(name);
    return known === -1 ? this.names.push(name) - 1 : known;
  }
}

/** Writes the JSON texts of the objects that are stored in these rows. */
export type WriteObjects = (context: ReadContext, rows: readonly Cells[]) => MaybePromise<readonly string[]>;

/** JSON texts by the key of an object. */
type Texts = ReadonlyMap<string, string>;

/** Reads what the objects with these keys refer to. */
type ReadByKeys = (context: ReadContext, keys: readonly string[]) => MaybePromise<Texts>;

interface Child {
  /** The column with the keys. */
  readonly column: number;
  readonly read: ReadByKeys;
}

/** A field to write. A flat object, so that one loop writes all fields of all queries. */
interface WrittenField {
  /** What stands before the value: the comma, the name, and for `__typename` the value itself. */
  readonly prefix: string;
  /** The column with the value or the key; -1 for `__typename`. */
  readonly column: number;
  readonly storage: Storage;
  readonly isNullable: boolean;
  /** The index of the child that the key refers to; -1 for a value. */
  readonly child: number;
}

/**
 * Compiles the selected fields of an object type whose objects are rows of one table.
 *
 * @param columns receives the columns that the rows must have
 * @throws {Uncovered} when a field has a resolver of its own and no `Read`
 */
export function compileObject(
  compilation: Compilation,
  type: GraphQLObjectType,
  mapping: Pick<Mapping, 'columns'>,
  sets: readonly SelectionSetNode[],
  columns: Columns,
): WriteObjects {
  const children: Child[] = [];
  const fields = compilation.selections.of(type, sets).map((selected, index): WrittenField => {
    const prefix = prefixOf(selected, index);
    const field = compileField(compilation, type, mapping, selected, columns, children);
    return field === null ? { prefix: prefix + quote(type.name), ...LITERAL } : { prefix, ...field };
  });
  return (context, rows) => {
    if (children.length === 0) return rows.map((row) => writeRow(fields, row, NO_TEXTS));
    const texts = inSequence(children, ({ column, read }) => read(context, keysIn(rows, column)));
    return after(texts, (all) => rows.map((row) => writeRow(fields, row, all)));
  };
}

const NO_TEXTS: readonly Texts[] = [];
const LITERAL = { column: -1, storage: 'text', isNullable: false, child: -1 } as const;

function writeRow(fields: readonly WrittenField[], row: Cells, texts: readonly Texts[]): string {
  let text = '{';
  for (const { prefix, column, storage, isNullable, child } of fields) {
    text += prefix;
    if (column === -1) continue;
    const value = row[column];
    if (value === null || value === undefined) {
      if (!isNullable) throw new Uncovered('null in a field that is not nullable');
      text += 'null';
    } else if (child === -1) text += writeValue(storage, value);
    // An object can be deleted between two statements; the resolver reports it.
    else text += covered(texts[child]?.get(String(value)), 'an object that was deleted');
  }
  return `${text}}`;
}

function keysIn(rows: readonly Cells[], column: number): readonly string[] {
  const keys = new Set<string>();
  for (const row of rows) {
    const key = row[column];
    if (typeof key === 'string') keys.add(key);
  }
  return [...keys];
}

/** Returns null for `__typename`. */
function compileField(
  compilation: Compilation,
  type: GraphQLObjectType,
  mapping: Pick<Mapping, 'columns'>,
  { key, field, sets, node }: Selected,
  columns: Columns,
  children: Child[],
): Omit<WrittenField, 'prefix'> | null {
  if (field === null) return null;
  requireActionOf(compilation, field);
  const isNullable = !isNonNullType(field.type);
  const property = exposedBy(field);
  if (property !== null) {
    const { name, storage } = covered(columnOf(mapping, property), `${type.name}.${field.name}`);
    requireStoredAsIs(field.type);
    return { column: columns.at(name), storage, isNullable, child: -1 };
  }
  const refer = (to: string, read: ReadByKeys) => {
    const column = columns.at(covered(columnOf(mapping, to), to).name);
    return { column, storage: 'text', isNullable, child: children.push({ column, read }) - 1 } as const;
  };
  const read = readOf(field);
  if (read?.kind === 'link') {
    const { mapping: other, action } = read.loaders;
    const { person } = ruleOf(action);
    if (compilation.isForPersons && person === undefined) throw new Uncovered(`${action} by a person`);
    const isOwned = compilation.isForPersons && person === 'own';
    return refer(read.property, compileByIds(compilation, objectTypeOf(field), other, sets, isOwned));
  }
  if (read?.kind === 'nested') {
    requireOwn(compilation, read.loaders.action);
    return refer('id', readConnectionsOf(compilation, { key, field, sets, node }, read));
  }
  throw new Uncovered(`${type.name}.${field.name}`);
}

/** The object type of a field. @throws {Uncovered} when the field returns another kind of type */
export function objectTypeOf({ type }: NonNullable<Selected['field']>): GraphQLObjectType {
  const named = getNamedType(type);
  if (isObjectType(named)) return named;
  throw new Uncovered(named.name);
}

/** Adds the action that a field performs. */
export function requireActionOf({ actions }: Compilation, { extensions }: NonNullable<Selected['field']>): void {
  const action = extensions.action as Action | undefined; // written by the scopes plugin
  if (action !== undefined) actions.add(action);
}

/**
 * Compiles a read of objects by ID, in one statement.
 *
 * @param isOwned whether a person sees only their own objects
 */
export function compileByIds(
  compilation: Compilation,
  type: GraphQLObjectType,
  mapping: Mapping,
  sets: readonly SelectionSetNode[],
  isOwned: boolean,
): ReadByKeys {
  const columns = new Columns();
  const id = covered(columnOf(mapping, 'id'), 'id').name;
  const idColumn = columns.at(id);
  const owner = isOwned ? columns.at(ownerColumnOf(mapping)) : null;
  const write = compileObject(compilation, type, mapping, sets, columns);
  const statement = rowsByKeys({ table: mapping.table, index: null }, id, columns.names);
  return (context, ids) => {
    if (ids.length === 0) return NOTHING;
    const { environmentId } = context.viewer;
    const found = context.rows(statement(context.db, { environmentId, keys: JSON.stringify(ids) }));
    return after(found, (all) => {
      const rows = owner === null ? all : keepOwn(context, all, owner);
      return after(
        write(context, rows),
        (texts) => new Map(rows.map((row, index) => [String(row[idColumn]), texts[index] ?? ''])),
      );
    });
  };
}

const NOTHING: Texts = new Map();
