import {
  GRAPHQL_MAX_INT,
  GRAPHQL_MIN_INT,
  GraphQLBoolean,
  GraphQLID,
  GraphQLInt,
  type GraphQLSchema,
  GraphQLString,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type TypeNode,
} from 'graphql';

type Variables = Readonly<Record<string, unknown>>;
type IsItself = (value: unknown) => boolean;

const isText: IsItself = (value) => typeof value === 'string';

/** For the scalars of the specification, the values that are their own coerced form. */
const ITSELF = new Map<unknown, IsItself>([
  [GraphQLID, isText],
  [GraphQLString, isText],
  [GraphQLBoolean, (value) => typeof value === 'boolean'],
  [
    GraphQLInt,
    (value) => Number.isInteger(value) && Number(value) >= GRAPHQL_MIN_INT && Number(value) <= GRAPHQL_MAX_INT,
  ],
]);

/**
 * Returns a function that coerces the variables of an operation, or returns null when they are invalid. Values that are
 * their own coerced form are only checked; all others go through graphql-js.
 */
export function coercerOf(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): (given: Variables) => Variables | null {
  const checks = variableDefinitions.map(({ variable, type, defaultValue }) => ({
    name: variable.name.value,
    isGiven: defaultValue === undefined ? itselfOf(schema, type) : never,
    isOptional: defaultValue === undefined && type.kind !== Kind.NON_NULL_TYPE,
  }));
  return (given) => {
    const coerced: Record<string, unknown> = {};
    for (const { name, isGiven, isOptional } of checks) {
      const value = given[name];
      if (value !== undefined && Object.hasOwn(given, name) && isGiven(value)) coerced[name] = value;
      else if (value !== undefined || !isOptional) {
        return getVariableValues(schema, variableDefinitions, given, { maxErrors: 1 }).coerced ?? null;
      }
    }
    return coerced;
  };
}

const never: IsItself = () => false;

function itselfOf(schema: GraphQLSchema, type: TypeNode): IsItself {
  switch (type.kind) {
    case Kind.NAMED_TYPE: {
      const isItself = ITSELF.get(schema.getType(type.name.value)) ?? never;
      return (value) => value === null || isItself(value);
    }
    case Kind.LIST_TYPE: {
      const isItem = itselfOf(schema, type.type);
      return (value) => value === null || (Array.isArray(value) && value.every(isItem));
    }
    case Kind.NON_NULL_TYPE: {
      const isItself = itselfOf(schema, type.type);
      return (value) => value !== null && isItself(value);
    }
  }
}
