import type { GraphQLObjectType, SelectionSetNode } from 'graphql';
import type { Cells } from '../../db/database.js';
import type { ListOrder } from '../../db/keyset.js';
import type { Mapping } from '../../db/mapping.js';
import { quote } from '../../db/row-text.js';
import { encodeCursor } from '../../paging/cursor.js';
import { cutPage, type Page, type PageRequest } from '../../paging/paging.js';
import { after, inSequence, type MaybePromise } from '../../scheduling/maybe-promise.js';
import { toPageRequest } from '../builder/connection.js';
import { isConnectionType, type Read } from '../builder/reads.js';
import { argumentsOf } from './arguments.js';
import {
  Columns,
  type Compilation,
  compileObject,
  objectTypeOf,
  type ReadContext,
  type WriteObjects,
} from './object.js';
import { prefixOf, type Selected } from './selection.js';
import { boundsOf, formOf, type PageForm, pageOf, pagesOf } from './statements.js';
import { covered, Uncovered } from './uncovered.js';

/** A page, with the texts of its items: those of each selection of the items, in the order in which they were compiled. */
interface Written {
  readonly page: Page<Cells>;
  /** The index of the first item in the texts. */
  readonly start: number;
  readonly texts: readonly (readonly string[])[];
}

type WritePart = (written: Written) => string;

/** A compiled selection of a connection type. */
interface CompiledConnection {
  /** The columns that the rows of a page must have. */
  readonly columns: Columns;
  /** Writes the JSON texts of pages of the same list. */
  write(context: ReadContext, pages: readonly Page<Cells>[]): MaybePromise<readonly string[]>;
}

/** What a list is: the name of its order for cursors, and the columns of a position. */
interface Ordered {
  readonly name: string;
  readonly order: Pick<ListOrder, 'columns'>;
}

function compileConnection(
  compilation: Compilation,
  type: GraphQLObjectType,
  mapping: Pick<Mapping, 'columns'>,
  sets: readonly SelectionSetNode[],
  { name, order }: Ordered,
): CompiledConnection {
  if (!isConnectionType(type)) throw new Uncovered(type.name);
  const columns = new Columns();
  const items: WriteObjects[] = [];
  const position = order.columns.map((column) => columns.at(column));
  const cursorOf = (row: Cells): string => {
    // An order has at least one column, and its columns hold texts.
    const values = position.map((column) => String(row[column])) as [string, ...string[]];
    return `"${encodeCursor(name, values)}"`;
  };
  const compileItems = (itemType: GraphQLObjectType, itemSets: readonly SelectionSetNode[]) =>
    items.push(compileObject(compilation, itemType, mapping, itemSets, columns)) - 1;

  const compileEdges = ({ field, sets: edgeSets }: Selected): WritePart => {
    const edge = objectTypeOf(covered(field, 'edges'));
    const parts = compilation.selections.of(edge, edgeSets).map((selected, index) => {
      const prefix = prefixOf(selected, index);
      if (selected.field === null) return constant(prefix + quote(edge.name));
      if (selected.field.name === 'cursor') return (row: Cells) => prefix + cursorOf(row);
      if (selected.field.name !== 'node') throw new Uncovered(`${edge.name}.${selected.field.name}`);
      const at = compileItems(objectTypeOf(selected.field), selected.sets);
      return (_: Cells, item: number, texts: Written['texts']) => prefix + (texts[at]?.[item] ?? '');
    });
    return ({ page, start, texts }) =>
      `[${page.items.map((row, index) => `{${joined(parts, row, start + index, texts)}}`).join()}]`;
  };

  const compilePart = (selected: Selected): WritePart => {
    const { field } = selected;
    if (field === null) return constant(quote(type.name));
    if (field.name === 'edges') return compileEdges(selected);
    if (field.name === 'nodes') {
      const at = compileItems(objectTypeOf(field), selected.sets);
      return ({ page, start, texts }) => `[${(texts[at] ?? []).slice(start, start + page.items.length).join()}]`;
    }
    if (field.name === 'pageInfo') return compilePageInfo(compilation, objectTypeOf(field), selected.sets, cursorOf);
    throw new Uncovered(`${type.name}.${field.name}`);
  };

  const parts = compilation.selections.of(type, sets).map((selected, index) => {
    const [prefix, part] = [prefixOf(selected, index), compilePart(selected)];
    return (written: Written) => prefix + part(written);
  });
  return {
    columns,
    write(context, pages) {
      const rows = pages.length === 1 ? (pages[0]?.items ?? []) : pages.flatMap((page) => page.items);
      const all = inSequence(items, (write) => write(context, rows));
      return after(all, (texts) => {
        let start = 0;
        return pages.map((page) => {
          const written = { page, start, texts };
          start += page.items.length;
          return `{${joined(parts, written)}}`;
        });
      });
    },
  };
}

function compilePageInfo(
  { selections }: Compilation,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  cursorOf: (row: Cells) => string,
): WritePart {
  const cursorAt = (row: Cells | undefined) => (row === undefined ? 'null' : cursorOf(row));
  const fields: Readonly<Record<string, (page: Page<Cells>) => string>> = {
    hasNextPage: ({ hasNextPage }) => String(hasNextPage),
    hasPreviousPage: ({ hasPreviousPage }) => String(hasPreviousPage),
    startCursor: ({ items }) => cursorAt(items.at(0)),
    endCursor: ({ items }) => cursorAt(items.at(-1)),
  };
  const parts = selections.of(type, sets).map((selected, index) => {
    const prefix = prefixOf(selected, index);
    if (selected.field === null) return constant(prefix + quote(type.name));
    const write = covered(fields[selected.field.name], `${type.name}.${selected.field.name}`);
    return (page: Page<Cells>) => prefix + write(page);
  });
  return ({ page }) => `{${joined(parts, page)}}`;
}

function constant(text: string): () => string {
  return () => text;
}

function joined<Args extends readonly unknown[]>(parts: readonly ((...args: Args) => string)[], ...args: Args): string {
  let text = '';
  for (const part of parts) text += part(...args);
  return text;
}

/** A statement for each form of a page, built when the form is first requested. */
function byForm<Statement>(build: (form: PageForm) => Statement): (request: PageRequest) => Statement {
  const statements = new Map<PageForm, Statement>();
  return (request) => {
    const form = formOf(request);
    const statement = statements.get(form) ?? build(form);
    statements.set(form, statement);
    return statement;
  };
}

/** Compiles a field that returns a page of all objects. */
export function compileList(
  compilation: Compilation,
  { field, node, sets }: Selected & { readonly field: NonNullable<Selected['field']> },
  { mapping, action, listOf }: Read & { kind: 'list' },
): (context: ReadContext) => MaybePromise<string> {
  compilation.actions.add(action);
  const args = argumentsOf(field, node);
  const type = objectTypeOf(field);
  const compileOrder = (list: NonNullable<ReturnType<typeof listOf>>) => {
    const connection = compileConnection(compilation, type, mapping, sets, list);
    const source = { table: mapping.table, index: list.index };
    return {
      connection,
      statementOf: byForm((form) => pageOf(source, list.order, form, connection.columns.names)),
    };
  };
  // One for each order, of which there are a few.
  const orders = new Map<string, ReturnType<typeof compileOrder>>();
  const orderOf = (values: Readonly<Record<string, unknown>>) => {
    const list = covered(listOf(values), 'a filter or a search');
    const known = orders.get(list.name) ?? compileOrder(list);
    orders.set(list.name, known);
    return { ...known, list };
  };
  return (context) => {
    const values = args(context.variables);
    const { connection, statementOf, list } = orderOf(values);
    const request = toPageRequest(values, list.name, list.order.columns.length);
    const { environmentId } = context.viewer;
    const found = context.rows(statementOf(request)(context.db, { environmentId, ...boundsOf(request) }));
    return after(found, (rows) =>
      after(connection.write(context, [cutPage(rows, request)]), ([text]) => covered(text, 'no page')),
    );
  };
}

/** Compiles a field that returns a page of the objects of each parent. Returns the pages by the ID of the parent. */
export function readConnectionsOf(
  compilation: Compilation,
  { field, node, sets }: Selected & { readonly field: NonNullable<Selected['field']> },
  { loaders: { mapping }, list, name }: Read & { kind: 'nested' },
): (context: ReadContext, parents: readonly string[]) => MaybePromise<ReadonlyMap<string, string>> {
  const args = argumentsOf(field, node);
  const order = { columns: [list.position] };
  const connection = compileConnection(compilation, objectTypeOf(field), mapping, sets, { name, order });
  const parentColumn = connection.columns.at(list.parent);
  const positionColumn = connection.columns.at(list.position);
  const statementOf = byForm((form) => pagesOf(list, form, connection.columns.names));
  return (context, parents) => {
    if (parents.length === 0) return new Map();
    const request = toPageRequest(args(context.variables), name);
    const values = {
      environmentId: context.viewer.environmentId,
      parents: JSON.stringify(parents),
      ...boundsOf(request),
    };
    const sign = list.descending === (request.direction === 'forward') ? 1 : -1;
    const inOrder = (a: Cells, b: Cells) => (String(a[positionColumn]) < String(b[positionColumn]) ? sign : -sign);
    return after(context.rows(statementOf(request)(context.db, values)), (rows) => {
      const byParent = new Map<string, Cells[]>(parents.map((parent) => [parent, []]));
      for (const row of rows) byParent.get(String(row[parentColumn]))?.push(row);
      const pages = [...byParent.values()].map((items) => cutPage(items.sort(inOrder), request));
      return after(
        connection.write(context, pages),
        (texts) => new Map(parents.map((parent, index) => [parent, texts[index] ?? ''])),
      );
    });
  };
}
