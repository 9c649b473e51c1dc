import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { covered, Uncovered } from './uncovered.js';

/** A selected field of an object type. `field` is null for `__typename`. */
export interface Selected {
  /** The name in the response: the alias, or else the name of the field. */
  readonly key: string;
  readonly field: GraphQLField<unknown, unknown> | null;
  readonly node: FieldNode;
  /** The selection sets of all selections of this field, which execution merges. */
  readonly sets: readonly SelectionSetNode[];
}

/** What stands before the value of a field in the JSON text of its object: the comma and the name. */
export function prefixOf({ key }: Selected, index: number): string {
  return `${index === 0 ? '' : ','}${JSON.stringify(key)}:`;
}

/**
 * The fields that an operation selects, as `CollectFields` of the GraphQL specification (section 6.3.2) returns them. The
 * document is valid. `conditions` are the values of the variables in `@skip` and `@include`.
 */
export class Selections {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();

  constructor(
    readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly conditions: Readonly<Record<string, unknown>>,
    /** Whether the viewer may use a field of a type, whatever their scopes. */
    private readonly isOpen: (type: string, field: string) => boolean,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  /** The fields of an object type, in the order of the response. */
  of(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): readonly Selected[] {
    const nodes = new Map<string, FieldNode[]>();
    for (const set of sets) this.#collect(type, set, nodes, new Set());
    const fields = type.getFields();
    return [...nodes].map(([key, [node, ...others]]) => {
      const first = covered(node, key);
      const name = first.name.value;
      const field = name === '__typename' ? null : covered(fields[name], `${type.name}.${name}`);
      if (field !== null && !this.isOpen(type.name, name)) throw new Uncovered('a field that persons may not use');
      return { key, field, node: first, sets: [first, ...others].flatMap(({ selectionSet }) => selectionSet ?? []) };
    });
  }

  #collect(
    type: GraphQLObjectType,
    set: SelectionSetNode,
    nodes: Map<string, FieldNode[]>,
    visited: Set<string>,
  ): void {
    for (const selection of set.selections) {
      if (!this.#isIncluded(selection.directives ?? [])) continue;
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        nodes.set(key, [...(nodes.get(key) ?? []), selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value;
        if (this.#applies(type, on)) this.#collect(type, selection.selectionSet, nodes, visited);
      } else {
        const name = selection.name.value;
        const fragment = covered(this.#fragments.get(name), name);
        if (visited.has(name) || !this.#applies(type, fragment.typeCondition.name.value)) continue;
        visited.add(name);
        this.#collect(type, fragment.selectionSet, nodes, visited);
      }
    }
  }

  #applies(type: GraphQLObjectType, condition: string | undefined): boolean {
    if (condition === undefined || condition === type.name) return true;
    const other = this.schema.getType(condition);
    return isAbstractType(other) && this.schema.isSubType(other, type);
  }

  #isIncluded(directives: readonly DirectiveNode[]): boolean {
    return directives.every((directive) => {
      const name = directive.name.value;
      if (name !== 'skip' && name !== 'include') throw new Uncovered(`@${name}`);
      return this.#conditionOf(directive) === (name === 'include');
    });
  }

  #conditionOf({ arguments: args = [] }: DirectiveNode): boolean {
    const value = args.find(({ name }) => name.value === 'if')?.value;
    const condition = value?.kind === Kind.VARIABLE ? this.conditions[value.name.value] : value;
    if (typeof condition === 'boolean') return condition;
    if (value?.kind === Kind.BOOLEAN) return value.value;
    throw new Uncovered('the condition of a directive');
  }
}
