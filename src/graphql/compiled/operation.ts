import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
} from 'graphql';
import { isAllowed } from '../../auth/policy.js';
import { columnOf } from '../../db/mapping.js';
import { rowByKey } from '../../db/row-text.js';
import { after, inSequence, type MaybePromise } from '../../scheduling/maybe-promise.js';
import { MAX_PAGE_SIZE } from '../builder/connection.js';
import { type NodeType, typeOf as nodeTypeOf } from '../builder/node.graphql.js';
import { type Read, readOf } from '../builder/reads.js';
import { argumentsOf } from './arguments.js';
import { compileList } from './connection.js';
import {
  Columns,
  type Compilation,
  compileByIds,
  compileObject,
  keepOwn,
  objectTypeOf,
  ownerColumnOf,
  type ReadContext,
  requireActionOf,
  requireOwn,
} from './object.js';
import { type Selected, Selections } from './selection.js';
import { covered, Uncovered } from './uncovered.js';

/** A query that is executed without resolvers. */
export interface CompiledRead {
  /**
   * Returns the JSON text of `data`. Neither an answer nor a statement is made unless the viewer may perform all actions
   * of the query.
   *
   * @throws {Uncovered} when this request must be resolved, e.g. because it is not permitted
   */
  read(context: ReadContext): MaybePromise<string>;
}

type RootField = Selected & { readonly field: GraphQLField<unknown, unknown> };
type ReadField = (context: ReadContext) => MaybePromise<string>;

/**
 * Compiles a valid query to SQL that selects only the requested columns, and to functions that write the JSON text of the
 * response. Covers queries with one root field whose fields are columns, references and lists of the database.
 *
 * @param conditions the values of the variables in `@skip` and `@include`
 * @param isOpenToPersons whether a person may use a field of a type; null for viewers who are not confined to their own
 *   objects
 * @throws {Uncovered} when the query has anything else
 */
export function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  conditions: Readonly<Record<string, unknown>>,
  isOpenToPersons: ((type: string, field: string) => boolean) | null,
): CompiledRead {
  if (operation.directives?.length) throw new Uncovered('a directive on the operation');
  const query = covered(schema.getQueryType(), 'no queries');
  const selections = new Selections(schema, document, conditions, isOpenToPersons ?? (() => true));
  const isForPersons = isOpenToPersons !== null;
  const compilation: Compilation = { selections, actions: new Set(), isForPersons };
  const [selected, ...others] = selections.of(query, [operation.selectionSet]);
  if (!selected?.field || others.length > 0) throw new Uncovered('several root fields');
  const root: RootField = { ...selected, field: selected.field };
  requireActionOf(compilation, root.field);
  const readRoot = compileRoot(compilation, root);
  const prefix = `{${JSON.stringify(root.key)}:`;
  const { actions } = compilation;
  return {
    read: (context) => {
      const requireActions = () => {
        if (isForPersons) return;
        for (const action of actions) if (!isAllowed(context.viewer, action)) throw new Uncovered(action);
      };
      requireActions();
      const rows: ReadContext['rows'] = (statement) => {
        // Parts of a query are compiled when they are first used, and add their actions then.
        requireActions();
        return context.rows(statement);
      };
      return after(readRoot({ ...context, rows }), (text) => `${prefix}${text}}`);
    },
  };
}

function compileRoot(compilation: Compilation, root: RootField): ReadField {
  const read = readOf(root.field);
  if (read?.kind === 'key') return compileKey(compilation, root, read);
  if (read?.kind === 'list') return compileList(compilation, root, read);
  if (read?.kind === 'nodes') return compileNodes(compilation, root, read);
  throw new Uncovered(`Query.${root.field.name}`);
}

function compileKey(
  compilation: Compilation,
  { field, node, sets }: RootField,
  { loaders: { mapping, action }, argument, property, index, accepts = () => true }: Read & { kind: 'key' },
): ReadField {
  compilation.actions.add(action);
  requireOwn(compilation, action);
  const args = argumentsOf(field, node);
  const columns = new Columns();
  const { name } = covered(columnOf(mapping, property), property);
  const write = compileObject(compilation, objectTypeOf(field), mapping, sets, columns);
  const owner = compilation.isForPersons ? columns.at(ownerColumnOf(mapping)) : null;
  if (columns.names.length === 0) columns.at(name);
  const statement = rowByKey({ table: mapping.table, index }, name, columns.names);
  return (context) => {
    const key = String(args(context.variables)[argument]);
    if (!accepts(key)) return 'null';
    const { environmentId } = context.viewer;
    const found = context.rows(statement(context.db, { environmentId, key }));
    return after(found, (all) => {
      const rows = owner === null ? all : keepOwn(context, all, owner);
      return after(write(context, rows), ([text = 'null']) => text);
    });
  };
}

function compileNodes(
  compilation: Compilation,
  { field, node, sets }: RootField,
  { argument }: Read & { kind: 'nodes' },
): ReadField {
  const args = argumentsOf(field, node);
  const abstract = getNamedType(field.type);
  if (!isInterfaceType(abstract)) throw new Uncovered(abstract.name);
  const isList = isListType(isNonNullType(field.type) ? field.type.ofType : field.type);
  // Types are compiled when an ID of theirs is first requested.
  const readers = new Map<NodeType, ReturnType<typeof compileByIds>>();
  const readerOf = (nodeType: NodeType, id: string) => {
    const known = readers.get(nodeType);
    if (known) return known;
    const { mapping } = covered(nodeType.stored, 'objects that are not rows of one table');
    const type = compilation.selections.schema.getType(typenameOf(abstract, id));
    if (!isObjectType(type)) throw new Uncovered(id);
    requireOwn(compilation, nodeType.action);
    const reader = compileByIds(compilation, type, mapping, sets, compilation.isForPersons);
    readers.set(nodeType, reader);
    return reader;
  };
  return (context) => {
    const value = args(context.variables)[argument];
    const ids = (isList ? value : [value]) as readonly string[]; // coerced to ID or [ID!]
    if (ids.length > MAX_PAGE_SIZE) throw new Uncovered('too many IDs');
    const byType = new Map<NodeType, Set<string>>();
    for (const id of ids) {
      const type = nodeTypeOf(id);
      if (!type) continue;
      if (!compilation.isForPersons && !isAllowed(context.viewer, type.action))
        throw new Uncovered('a type that the viewer may not read');
      if (!type.isId(id)) continue;
      byType.set(type, (byType.get(type) ?? new Set()).add(id));
    }
    const found = inSequence([...byType], ([type, some]) => {
      const list = [...some];
      return readerOf(type, list[0] ?? '')(context, list);
    });
    return after(found, (all) => {
      const written = ids.map((id) => all.find((texts) => texts.has(id))?.get(id) ?? 'null');
      return isList ? `[${written.join()}]` : (written[0] ?? 'null');
    });
  };
}

/** The name of the type of an ID, which can have a prefix. The resolvers of our interfaces use only the ID. */
function typenameOf(abstract: GraphQLInterfaceType, id: string): string {
  const name = abstract.resolveType?.({ id }, null, NO_INFO, abstract);
  if (typeof name === 'string') return name;
  throw new Uncovered(id);
}

const NO_INFO = {} as GraphQLResolveInfo; // not read
