import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Dice } from './dice.js';
import type { Known } from './known.js';
import { drawValue, printValue, type Value } from './values.js';

/** A document with its variables and operation name. */
export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, Value>>;
  readonly operationName?: string;
}

interface Draft {
  readonly variables: Map<string, { readonly type: GraphQLInputType; readonly value: Value }>;
  readonly fragments: Map<string, string>;
  /** The number of fields that may still be selected. */
  budget: number;
  /** The number of aliases so far, for unique names. */
  aliases: number;
}

const MAX_FIELDS = 60;
const MAX_DEPTH = 9;
const MAX_NESTED_LISTS = 2;

/** Draws operations from a schema, with any fields, arguments, fragments, aliases, variables and directives. */
export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #dice: Dice;
  readonly #known: Known;

  constructor(schema: GraphQLSchema, dice: Dice, known: Known) {
    this.#schema = schema;
    this.#dice = dice;
    this.#known = known;
  }

  /** Draws an operation. `wrongPercent` is the percentage of argument values with a wrong type. */
  operation(wrongPercent: number): Operation {
    const dice = this.#dice;
    const isMutation = dice.percent(30);
    const root = isMutation ? this.#schema.getMutationType() : this.#schema.getQueryType();
    if (!root) throw new Error('The schema lacks a root type.');
    const draft: Draft = {
      variables: new Map(),
      fragments: new Map(),
      budget: dice.between(3, MAX_FIELDS),
      aliases: 0,
    };
    const fields = fieldsOf(root);
    const count = dice.weighted<number>([
      [80, 1],
      [15, 2],
      [5, 5],
    ]);
    const selections = Array.from({ length: count }, () =>
      this.#field(dice.pick(fields), draft, 0, 0, wrongPercent, count > 1),
    );
    const declared = [...draft.variables].map(([name, { type }]) => `$${name}: ${type}`);
    const head = `${isMutation ? 'mutation' : 'query'} Fuzz${declared.length > 0 ? `(${declared.join(', ')})` : ''}`;
    const query = [`${head} { ${selections.join(' ')} }`, ...draft.fragments.values()].join('\n');
    return { query, variables: Object.fromEntries([...draft.variables].map(([name, { value }]) => [name, value])) };
  }

  #field(
    field: GraphQLField<unknown, unknown>,
    draft: Draft,
    depth: number,
    lists: number,
    wrongPercent: number,
    isAliased: boolean,
  ): string {
    const dice = this.#dice;
    draft.budget--;
    const alias = isAliased || dice.percent(10) ? `a${draft.aliases++}: ` : '';
    const args = field.args.filter((arg) => this.#isGiven(arg));
    const given = args.map((arg) => `${arg.name}: ${this.#argument(arg, draft, wrongPercent)}`);
    const list = given.length > 0 ? `(${given.join(', ')})` : '';
    const type = getNamedType(field.type);
    const directive = this.#directive(draft);
    const head = `${alias}${field.name}${list}${directive}`;
    if (isLeafType(type)) return head;
    const deeper = isListType(isNonNullType(field.type) ? field.type.ofType : field.type) ? lists + 1 : lists;
    return `${head} { ${this.#selections(type, draft, depth + 1, deeper, wrongPercent)} }`;
  }

  #isGiven(arg: GraphQLArgument): boolean {
    const isNeeded = isNonNullType(arg.type) && arg.defaultValue === undefined;
    if (isNeeded) return !this.#dice.percent(1);
    // Prefers small pages, because many operations find more than large answers.
    return this.#dice.percent(arg.name === 'first' ? 70 : 20);
  }

  #argument(arg: GraphQLArgument, draft: Draft, wrongPercent: number): string {
    const value = drawValue(arg.type, arg.name, this.#dice, this.#known, wrongPercent);
    if (this.#dice.percent(40)) return printValue(value);
    const name = `v${draft.variables.size}`;
    draft.variables.set(name, { type: arg.type, value });
    return `$${name}`;
  }

  #directive(draft: Draft): string {
    const dice = this.#dice;
    if (!dice.percent(4)) return '';
    const name = dice.pick(['include', 'skip']);
    if (dice.percent(60)) return ` @${name}(if: ${dice.percent(50)})`;
    const variable = `v${draft.variables.size}`;
    const type = this.#schema.getDirective(name)?.args[0]?.type;
    if (!type) return '';
    draft.variables.set(variable, { type: type as GraphQLInputType, value: dice.percent(50) });
    return ` @${name}(if: $${variable})`;
  }

  #selections(type: GraphQLNamedType, draft: Draft, depth: number, lists: number, wrongPercent: number): string {
    const dice = this.#dice;
    const chosen: string[] = [];
    if (isAbstractType(type)) {
      chosen.push('__typename');
      if (isInterfaceType(type)) chosen.push(...this.#chosen(type, draft, MAX_DEPTH, lists, wrongPercent));
      const possible = this.#schema.getPossibleTypes(type);
      for (const each of possible.filter(() => dice.percent(possible.length > 8 ? 20 : 50))) {
        chosen.push(this.#spread(each, draft, depth, lists, wrongPercent));
      }
      return chosen.join(' ');
    }
    chosen.push(...this.#chosen(type, draft, depth, lists, wrongPercent));
    if (isObjectType(type) && dice.percent(5)) chosen.push(this.#spread(type, draft, depth, lists, wrongPercent));
    return chosen.length > 0 ? chosen.join(' ') : '__typename';
  }

  #chosen(type: GraphQLNamedType, draft: Draft, depth: number, lists: number, wrongPercent: number): string[] {
    const dice = this.#dice;
    const chosen: string[] = [];
    for (const field of fieldsOf(type)) {
      if (draft.budget <= 0) break;
      const named = getNamedType(field.type);
      const isDeep = !isLeafType(named);
      if (isDeep && (depth >= MAX_DEPTH || (lists >= MAX_NESTED_LISTS && isPaged(field)))) continue;
      if (!dice.percent(isDeep ? 40 : 35)) continue;
      chosen.push(
        this.#field(field, draft, depth, lists + (isPaged(field) ? 1 : 0), wrongPercent, field.args.length > 0),
      );
    }
    return chosen;
  }

  #spread(type: GraphQLObjectType, draft: Draft, depth: number, lists: number, wrongPercent: number): string {
    const body = () => `{ ${this.#chosen(type, draft, depth, lists, wrongPercent).join(' ') || '__typename'} }`;
    if (this.#dice.percent(70)) return `... on ${type.name}${this.#directive(draft)} ${body()}`;
    const name = `F${draft.fragments.size}`;
    // Reserves the name first, because the fragment's fields may add fragments too.
    draft.fragments.set(name, '');
    draft.fragments.set(name, `fragment ${name} on ${type.name} ${body()}`);
    return `...${name}`;
  }
}

/** The fields of each type. They are cached because a run draws up to a million operations. */
const fieldLists = new WeakMap<GraphQLNamedType, readonly GraphQLField<unknown, unknown>[]>();

function fieldsOf(type: GraphQLNamedType): readonly GraphQLField<unknown, unknown>[] {
  const made = fieldLists.get(type);
  if (made) return made;
  const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  fieldLists.set(type, fields);
  return fields;
}

/** Whether the field is a paginated list. */
function isPaged(field: GraphQLField<unknown, unknown>): boolean {
  return field.args.some(({ name }) => name === 'first');
}
