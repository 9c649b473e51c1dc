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

/** The rows that a field may examine in addition to those it returns, when one of these arguments is given. */
export interface Examination {
  readonly args: readonly string[];
  /** Maximum number of rows for the field itself. */
  readonly rows: number;
  /** Maximum number of rows for the `totalCount` of the connection that it returns. */
  readonly rowsOfTotal?: number;
}

const EXAMINATION = 'examination';

/** Returns the extensions of a field that may examine many rows to return few objects. The rows add to its cost. */
export function examines(examination: Examination): Readonly<Record<string, unknown>> {
  return { [EXAMINATION]: examination };
}

/** Returns the rows that a field may examine with these arguments, or null when it examines only what it returns. */
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

/** Weight of a field. It comes from the same options as the `@cost` and `@listSize` in the schema. */
export interface FieldWeight {
  /** Points for one value of the field: its `@cost`, or else 1 for a composite type and 0 for a leaf type. */
  readonly weight: number;
  readonly listSize: ListSize | null;
  readonly isList: boolean;
}

/**
 * Assumed size of a list without `@listSize`. The domain keeps these lists short, and their items have only leaf fields
 * (for example, the redirect URIs of an application), so their length multiplies no other cost.
 */
const UNSIZED_LIST = 1;

const weights = new WeakMap<GraphQLField<unknown, unknown>, FieldWeight>();

export function weightOf(field: GraphQLField<unknown, unknown>): FieldWeight {
  let weight = weights.get(field);
  if (!weight) {
    weight = readWeight(field);
    weights.set(field, weight);
  }
  return weight;
}

/** The variables that determine the cost of the field, so that it varies between calls of the same document. */
export function pricingVariables(field: GraphQLField<unknown, unknown>, node: FieldNode): readonly string[] {
  const { args = [] } = (field.extensions[EXAMINATION] ?? {}) as Partial<Examination>; // written by `examines`
  const sizes = [...(weightOf(field).listSize?.slicingArguments ?? []), ...args];
  return (node.arguments ?? []).flatMap(({ name, value }) =>
    value.kind === Kind.VARIABLE && sizes.includes(name.value) ? [value.name.value] : [],
  );
}

/** Returns the maximum number of items of the field with these arguments, or null when it is not a list. */
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
    // The resolver rejects a negative size. Until then it must not reduce the cost of other fields.
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
    // Execution reports the invalid argument. The estimate uses the assumed size.
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

/** Returns the arguments of a directive on a field, or null. The schema printer reads them from the same extensions. */
function directiveOf<T>({ extensions }: GraphQLField<unknown, unknown>, name: string): T | null {
  // Written by the federation plugin from typed options.
  const directives = (extensions.directives ?? []) as readonly { name: string; args?: T }[];
  return directives.find((directive) => directive.name === name)?.args ?? null;
}
