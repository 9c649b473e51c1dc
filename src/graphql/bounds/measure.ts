import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import { examinationOf, isPricedByVariable, MUTATION_WEIGHT, pointsOf, sizeOf, weightOf } from './cost.js';

/** What an operation asks for, in figures. */
export interface Measure {
  depth: number;
  introspectionDepth: number;
  aliases: number;
  rootFields: number;
  directives: number;
  fields: number;
  /**
   * Points: at least as many as objects can be in the answer, each short list of leaves counted as one, and those for
   * rows that may have to be looked at.
   */
  cost: number;
  /** The part of the cost that is for such rows. How many they are is known when the operation has run. */
  examination: number;
  /** How often each field that may stand only once does stand. */
  readonly once: ReadonlyMap<string, number>;
  /** How often it asks for the schema, and for parts of it under another name. */
  introspections: number;
  /** Whether other variables can make it cost more or less. */
  readonly dependsOnVariables: boolean;
}

const ONCE_PER_OPERATION = 'oncePerOperation';

/** Extensions of a field that may stand only once in an operation: guessing a code or a password must not come in bulk. */
export const oncePerOperation = { [ONCE_PER_OPERATION]: true };

interface Part {
  depth: number;
  introspectionDepth: number;
  aliases: number;
  directives: number;
  fields: number;
  cost: number;
  examination: number;
  once: Map<string, number>;
  introspections: number;
}

const NOTHING: Readonly<Omit<Part, 'once'>> = {
  depth: 0,
  introspectionDepth: 0,
  aliases: 0,
  directives: 0,
  fields: 0,
  cost: 0,
  examination: 0,
  introspections: 0,
};

/**
 * Measures a validated operation. Each fragment is measured once for each type it stands on and each size of list,
 * and counted as often as it is used: fragments that double each other are measured as large as they are, in no time.
 */
export function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Measure {
  const root = schema.getRootType(operation.operation);
  const walk = new Walk(schema, document, variables);
  const part = root ? walk.selections(operation.selectionSet, root, null) : { ...NOTHING, once: new Map() };
  const rootFields = root ? walk.rootFields(operation.selectionSet) : 0;
  const own = operation.operation === 'mutation' ? rootFields * MUTATION_WEIGHT : 0;
  return {
    ...part,
    rootFields,
    directives: part.directives + (operation.directives?.length ?? 0),
    cost: part.cost + own,
    dependsOnVariables: walk.dependsOnVariables,
  };
}

/** List sizes that the parent gives to fields of a connection, by name, and what its total costs beside its weight. */
type Sized = { readonly fields: readonly string[]; readonly size: number; readonly total: number } | null;

/** The field of a connection that counts the whole list. */
const TOTAL = 'totalCount';

class Walk {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #measured = new Map<string, Part>();
  readonly #rootFields = new Map<string, number>();
  dependsOnVariables = false;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables: Readonly<Record<string, unknown>>,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  /** How many fields stand at the root, fragments followed. Validation has refused fragments that go in circles. */
  rootFields(set: SelectionSetNode): number {
    let count = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) count++;
      else if (selection.kind === Kind.INLINE_FRAGMENT) count += this.rootFields(selection.selectionSet);
      else {
        const name = selection.name.value;
        const fragment = this.#fragments.get(name);
        const known = this.#rootFields.get(name) ?? (fragment ? this.rootFields(fragment.selectionSet) : 0);
        this.#rootFields.set(name, known);
        count += known;
      }
    }
    return count;
  }

  selections(set: SelectionSetNode, type: GraphQLNamedType, sized: Sized): Part {
    const sum: Part = { ...NOTHING, once: new Map() };
    for (const selection of set.selections) {
      sum.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) add(sum, this.#field(selection, type, sized));
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value;
        add(sum, this.selections(selection.selectionSet, this.#typeOf(on) ?? type, sized));
      } else add(sum, this.#fragment(selection.name.value, sized));
    }
    return sum;
  }

  #fragment(name: string, sized: Sized): Part {
    const key = `${name}|${sized?.size ?? ''}|${sized?.total ?? ''}|${sized?.fields.join() ?? ''}`;
    const known = this.#measured.get(key);
    if (known) return known;
    const fragment = this.#fragments.get(name);
    const type = this.#typeOf(fragment?.typeCondition.name.value);
    const part: Part =
      fragment && type ? this.selections(fragment.selectionSet, type, sized) : { ...NOTHING, once: new Map() };
    part.directives += fragment?.directives?.length ?? 0;
    this.#measured.set(key, part);
    return part;
  }

  #field(node: FieldNode, parent: GraphQLNamedType, sized: Sized): Part {
    const part: Part = { ...NOTHING, once: new Map(), fields: 1, aliases: node.alias ? 1 : 0 };
    const field = this.#definition(parent, node.name.value);
    // `__typename`, which costs nothing and leads nowhere.
    if (!field) return { ...part, depth: 1 };
    const isMeta = field === SchemaMetaFieldDef || field === TypeMetaFieldDef;
    this.dependsOnVariables ||= isPricedByVariable(field, node);
    const size = sizeOf(field, node, this.variables);
    const { weight, listSize } = weightOf(field);
    const fromParent = sized?.fields.includes(field.name) ? sized.size : null;
    const looks = examinationOf(field, node, this.variables);
    const total = pointsOf(looks?.rowsOfTotal ?? 0);
    const passed = size !== null && listSize?.sizedFields ? { fields: listSize.sizedFields, size, total } : null;
    const times = fromParent ?? (passed ? 1 : (size ?? 1));
    const below = node.selectionSet
      ? this.selections(node.selectionSet, getNamedType(field.type), passed)
      : { ...NOTHING, once: new Map<string, number>() };
    add(part, below);
    part.depth = isMeta ? 1 : below.depth + 1;
    part.introspectionDepth = isMeta ? below.depth + 1 : below.introspectionDepth;
    const isSdl = field.name === '_service' && parent === this.schema.getQueryType();
    part.introspections = isMeta || isSdl ? 1 + below.aliases : below.introspections;
    const examination = pointsOf(looks?.rows ?? 0) + (field.name === TOTAL ? (sized?.total ?? 0) : 0);
    part.examination = times * (examination + below.examination);
    part.cost = isMeta ? 1 : times * (weight + examination + below.cost);
    if (field.extensions[ONCE_PER_OPERATION]) count(part.once, field.name, 1);
    return part;
  }

  #definition(parent: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (parent === this.schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    }
    return isObjectType(parent) || isInterfaceType(parent) ? this.#concrete(parent, name) : undefined;
  }

  /** The field of an interface, or the dearest of those that implement it: what is printed on types counts there. */
  #concrete(parent: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (isObjectType(parent)) return parent.getFields()[name];
    if (!isInterfaceType(parent)) return undefined;
    const own = parent.getFields()[name];
    const all = isAbstractType(parent)
      ? this.schema.getPossibleTypes(parent).map((type) => type.getFields()[name])
      : [];
    return all.reduce(
      (dearest, field) => (field && dearest && weightOf(field).weight > weightOf(dearest).weight ? field : dearest),
      own,
    );
  }

  #typeOf(name: string | undefined): GraphQLNamedType | undefined {
    return name === undefined ? undefined : this.schema.getType(name);
  }
}

function add(sum: Part, part: Part): void {
  sum.depth = Math.max(sum.depth, part.depth);
  sum.introspectionDepth = Math.max(sum.introspectionDepth, part.introspectionDepth);
  sum.aliases += part.aliases;
  sum.directives += part.directives;
  sum.fields += part.fields;
  sum.cost += part.cost;
  sum.examination += part.examination;
  sum.introspections += part.introspections;
  for (const [field, times] of part.once) count(sum.once, field, times);
}

function count(once: Map<string, number>, field: string, times: number): void {
  once.set(field, (once.get(field) ?? 0) + times);
}
