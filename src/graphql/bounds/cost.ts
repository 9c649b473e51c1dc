import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  getArgumentValues,
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  Kind,
} from 'graphql';

/** Options of `@listSize` (IBM GraphQL Cost Directives; Federation 2.9, "Demand control"). */
interface ListSize {
  readonly assumedSize?: number;
  readonly slicingArguments?: readonly string[];
  readonly sizedFields?: readonly string[];
}

/**
 * Rows of the database that are looked at for one point. An object of an answer costs a point, too; looking at so many
 * rows takes several times as long as making one, so a budget bounds both.
 */
export const ROWS_PER_POINT = 40;

/** What a field may look at, beside what it answers, when it is given one of these arguments. */
export interface Examination {
  readonly args: readonly string[];
  /** Rows for the field itself. */
  readonly rows: number;
  /** Rows for the `totalCount` of the connection that it answers. */
  readonly rowsOfTotal?: number;
}

const EXAMINATION = 'examination';

/** Extensions of a field that may look at many rows for few objects: its price is that of the rows. */
export function examines(examination: Examination): Readonly<Record<string, unknown>> {
  return { [EXAMINATION]: examination };
}

/** What a field may look at with these arguments; null when that is what it answers. */
export function examinationOf(
  { extensions }: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): Examination | null {
  const examination = extensions[EXAMINATION] as Examination | undefined; // written by `examines`
  const isGiven = (node.arguments ?? []).some(
    ({ name, value }) =>
      examination?.args.includes(name.value) &&
      value.kind !== Kind.NULL &&
      (value.kind !== Kind.VARIABLE || variables[value.name.value] != null),
  );
  return isGiven ? (examination ?? null) : null;
}

/** Points for looking at so many rows. */
export function pointsOf(rows: number): number {
  return Math.ceil(rows / ROWS_PER_POINT);
}

/** What a field weighs, read from the very options that print its `@cost` and `@listSize`. */
export interface FieldWeight {
  /** Points of one value of the field: its `@cost`, or 1 for an object and 0 for a leaf. */
  readonly weight: number;
  readonly listSize: ListSize | null;
  readonly isList: boolean;
}

/**
 * A list without `@listSize` is short by the rules of the domain and holds nothing but leaves, e.g. the redirect URIs of
 * an application: however long it is, nothing is multiplied by it.
 */
const UNSIZED_LIST = 1;
/** A mutation commits to the disk (Apollo demand control: mutations weigh 10). */
export const MUTATION_WEIGHT = 10;

const weights = new WeakMap<GraphQLField<unknown, unknown>, FieldWeight>();

export function weightOf(field: GraphQLField<unknown, unknown>): FieldWeight {
  let weight = weights.get(field);
  if (!weight) {
    weight = readWeight(field);
    weights.set(field, weight);
  }
  return weight;
}

/** Whether the price of the field is in a variable: then the same document costs more or less from call to call. */
export function isPricedByVariable(field: GraphQLField<unknown, unknown>, node: FieldNode): boolean {
  const { args = [] } = (field.extensions[EXAMINATION] ?? {}) as Partial<Examination>; // written by `examines`
  const sizes = [...(weightOf(field).listSize?.slicingArguments ?? []), ...args];
  return (node.arguments ?? []).some(({ name, value }) => value.kind === Kind.VARIABLE && sizes.includes(name.value));
}

/** How many values the field answers, as far as its arguments tell; null when it is no list. */
export function sizeOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): number | null {
  const { listSize, isList } = weightOf(field);
  if (listSize === null) return isList ? UNSIZED_LIST : null;
  const args = listSize.slicingArguments ? argumentsOf(field, node, variables) : {};
  const sizes = (listSize.slicingArguments ?? [])
    .map((name) => args[name])
    .map((value) => (Array.isArray(value) ? value.length : value))
    .filter((value) => typeof value === 'number')
    // A size that is out of range is refused when the field is run; until then it must not make the rest cheaper.
    .map((size) => Math.max(size, 0));
  return sizes.length > 0 ? Math.max(...sizes) : (listSize.assumedSize ?? UNSIZED_LIST);
}

function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  try {
    return getArgumentValues(field, node, variables);
  } catch {
    // Execution refuses the argument in words; the estimate falls back on the assumed size.
    return {};
  }
}

function readWeight(field: GraphQLField<unknown, unknown>): FieldWeight {
  const type: GraphQLNamedType = getNamedType(field.type);
  const cost = directiveOf<{ weight: number }>(field, 'cost');
  return {
    weight: cost?.weight ?? (isCompositeType(type) ? 1 : 0),
    listSize: directiveOf<ListSize>(field, 'listSize'),
    isList: isListType(isNonNullType(field.type) ? field.type.ofType : field.type),
  };
}

/** Arguments of a directive on a field, where the printer of the schema has them from. */
function directiveOf<T>({ extensions }: GraphQLField<unknown, unknown>, name: string): T | null {
  // Written by the federation plugin from typed options.
  const directives = (extensions.directives ?? []) as readonly { name: string; args?: T }[];
  return directives.find((directive) => directive.name === name)?.args ?? null;
}
