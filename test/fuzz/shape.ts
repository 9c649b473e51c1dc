import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { isObject } from './judge.js';

type Variables = Readonly<Record<string, unknown>>;

/**
 * Checks data against its document (GraphQL specification, section 6.4). The data has exactly the selected fields, lists
 * are lists, enum values belong to their type, and null appears only in nullable positions.
 */
export function checkData(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Variables,
  result: Record<string, unknown>,
): string[] {
  const [operation, ...others] = document.definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === 'OperationDefinition',
  );
  // With several operations it is unknown which one was executed.
  if (!operation || others.length > 0) return [];
  const root = schema.getRootType(operation.operation);
  if (!root || !isObject(result.data)) return ['there is data for an operation without a root type'];
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === 'FragmentDefinition')
      .map((definition) => [definition.name.value, definition]),
  );
  const values = { ...defaultsOf(operation), ...variables };
  const shape = new Shape(schema, fragments, values);
  shape.object(root, [operation.selectionSet], result.data, '');
  return shape.faults;
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Variables {
  // Only the variables of @skip and @include are needed, which are Boolean.
  return Object.fromEntries(
    variableDefinitions.map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue?.kind === 'BooleanValue' ? defaultValue.value : undefined,
    ]),
  );
}

class Shape {
  readonly faults: string[] = [];

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private readonly variables: Variables,
  ) {}

  object(
    type: GraphQLObjectType,
    selections: readonly SelectionSetNode[],
    data: Record<string, unknown>,
    at: string,
  ): void {
    const wanted = new Map<string, FieldNode[]>();
    for (const selection of selections) this.#collect(type, selection, wanted, new Set());
    const got = Object.keys(data);
    if (got.length !== wanted.size || got.some((key) => !wanted.has(key))) {
      this.faults.push(`${at || 'data'} has ${got.join(', ')}; expected ${[...wanted.keys()].join(', ')}`);
      return;
    }
    for (const [key, nodes] of wanted) this.#field(type, key, nodes, data[key], `${at}.${key}`);
  }

  #field(type: GraphQLObjectType, key: string, nodes: readonly FieldNode[], value: unknown, at: string): void {
    const name = nodes[0]?.name.value ?? key;
    if (name === '__typename') {
      if (value !== type.name) this.faults.push(`${at} is not ${type.name}`);
      return;
    }
    // graphql-js implements introspection, so it is not checked here.
    if (name.startsWith('__')) return;
    const field = type.getFields()[name];
    if (!field) this.faults.push(`${at} is not a field of ${type.name}`);
    else this.#value(field.type, nodes, value, at);
  }

  #value(type: GraphQLOutputType, nodes: readonly FieldNode[], value: unknown, at: string): void {
    if (isNonNullType(type)) {
      if (value === null) this.faults.push(`${at} is null in a non-null position`);
      else this.#value(type.ofType, nodes, value, at);
      return;
    }
    if (value === null) return;
    if (value === undefined) {
      this.faults.push(`${at} is missing`);
    } else if (isListType(type)) {
      if (!Array.isArray(value)) this.faults.push(`${at} is not a list`);
      else for (const [index, item] of value.entries()) this.#value(type.ofType, nodes, item, `${at}.${index}`);
    } else if (isEnumType(type)) {
      if (!type.getValue(String(value))) this.faults.push(`${at} is '${value}', which is not a value of ${type.name}`);
    } else if (isObjectType(type) || isAbstractType(type)) {
      this.#composite(type, nodes, value, at);
    } else this.#leaf(type.name, value, at);
  }

  #composite(type: GraphQLOutputType, nodes: readonly FieldNode[], value: unknown, at: string): void {
    if (!isObject(value)) {
      this.faults.push(`${at} is not an object`);
      return;
    }
    const selections = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    if (isObjectType(type)) {
      this.object(type, selections, value, at);
      return;
    }
    // The concrete type is known only when the document selects __typename without an alias.
    const concrete = typeof value.__typename === 'string' ? this.schema.getType(value.__typename) : undefined;
    if (isObjectType(concrete)) this.object(concrete, selections, value, at);
  }

  #leaf(name: string, value: unknown, at: string): void {
    const isRight =
      name === 'Int'
        ? Number.isInteger(value)
        : name === 'Boolean'
          ? typeof value === 'boolean'
          : name === 'String' || name === 'ID' || name === 'DateTime' || name === 'URL'
            ? typeof value === 'string'
            : true;
    if (!isRight) this.faults.push(`${at} is no ${name}`);
  }

  #collect(type: GraphQLObjectType, set: SelectionSetNode, into: Map<string, FieldNode[]>, seen: Set<string>): void {
    for (const selection of set.selections) {
      if (!this.#isIncluded(selection.directives ?? [])) continue;
      if (selection.kind === 'Field') {
        const key = (selection.alias ?? selection.name).value;
        const nodes = into.get(key);
        if (nodes) nodes.push(selection);
        else into.set(key, [selection]);
        continue;
      }
      if (selection.kind === 'InlineFragment') {
        if (this.#applies(type, selection.typeCondition?.name.value))
          this.#collect(type, selection.selectionSet, into, seen);
        continue;
      }
      const name = selection.name.value;
      const fragment = this.fragments.get(name);
      if (!fragment || seen.has(name)) continue;
      seen.add(name);
      if (this.#applies(type, fragment.typeCondition.name.value))
        this.#collect(type, fragment.selectionSet, into, seen);
    }
  }

  #applies(type: GraphQLObjectType, condition: string | undefined): boolean {
    if (condition === undefined || condition === type.name) return true;
    const wanted = this.schema.getType(condition);
    return isAbstractType(wanted) && this.schema.isSubType(wanted, type);
  }

  #isIncluded(directives: readonly DirectiveNode[]): boolean {
    return directives.every(({ name, arguments: args = [] }) => {
      const value = args[0]?.value;
      const given =
        value?.kind === 'Variable' ? this.variables[value.name.value] : value?.kind === 'BooleanValue' && value.value;
      if (name.value === 'include') return given === true;
      if (name.value === 'skip') return given !== true;
      return true;
    });
  }
}
