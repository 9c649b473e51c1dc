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
import { pointsOf, WRITE_POINTS } from '../../auth/prices.js';
import { examinationOf, pricingVariables, sizeOf, weightOf } from './cost.js';

/** Figures of an operation, which are compared with the limits. */
export interface Measure {
  depth: number;
  introspectionDepth: number;
  aliases: number;
  rootFields: number;
  directives: number;
  fields: number;
  /**
   * Estimated maximum cost in points: the weights of all objects that the response can contain, and the rows that the
   * operation may examine.
   */
  cost: number;
  /** The part of the cost that is for examined rows. Their actual number is known after the operation has run. */
  examination: number;
  /** Number of selections of each field that can be selected only once. */
  readonly once: ReadonlyMap<string, number>;
  /** Number of introspection fields at the root, and of aliases inside them. */
  introspections: number;
  /** The variables whose values determine the cost. */
  readonly pricedBy: ReadonlySet<string>;
}

const ONCE_PER_OPERATION = 'oncePerOperation';

/** Extensions of a field that can be selected only once in an operation, so that guesses cannot be batched. */
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
 * Measures a validated operation. Each fragment is measured once for each list size that it is used with, and is
 * counted once for each use. The running time is therefore linear in the document, even if nested fragments multiply
 * its size.
 */
export function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Measure {
  const root = schema.getRootType(operation.operation);
  const measurer = new Measurer(schema, document, variables);
  const part = root ? measurer.selections(operation.selectionSet, root, null) : { ...NOTHING, once: new Map() };
  const rootFields = root ? measurer.rootFields(operation.selectionSet) : 0;
  const own = operation.operation === 'mutation' ? rootFields * WRITE_POINTS : 0;
  return {
    ...part,
    rootFields,
    directives: part.directives + (operation.directives?.length ?? 0),
    cost: part.cost + own,
    pricedBy: measurer.pricedBy,
  };
}

/** What a connection field passes down: its list fields, their size, and the extra cost of `totalCount`. */
type Sized = { readonly fields: readonly string[]; readonly size: number; readonly total: number } | null;

/** Name of the field of a connection that counts the whole list. */
const TOTAL = 'totalCount';

class Measurer {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #measured = new Map<string, Part>();
  readonly #rootFields = new Map<string, number>();
  readonly pricedBy = new Set<string>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables: Readonly<Record<string, unknown>>,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  /** Counts the root fields, including those in fragments. Validation has rejected cyclic fragments. */
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
    // `__typename` costs nothing and has no subfields.
    if (!field) return { ...part, depth: 1 };
    const isMeta = field === SchemaMetaFieldDef || field === TypeMetaFieldDef;
    for (const variable of pricingVariables(field, node)) this.pricedBy.add(variable);
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

  /** Returns the field of an object type; of an interface, the most expensive field of the implementing types. */
  #concrete(parent: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (isObjectType(parent)) return parent.getFields()[name];
    if (!isInterfaceType(parent)) return undefined;
    const own = parent.getFields()[name];
    const all = isAbstractType(parent)
      ? this.schema.getPossibleTypes(parent).map((type) => type.getFields()[name])
      : [];
    return all.reduce(
      (costliest, field) =>
        field && costliest && weightOf(field).weight > weightOf(costliest).weight ? field : costliest,
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
