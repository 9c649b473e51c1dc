import { type FieldNode, type GraphQLField, isNonNullType, Kind, type ValueNode, valueFromAST } from 'graphql';
import { Uncovered } from './uncovered.js';

/** The arguments of a field, from the coerced variables of a request. */
export type Arguments = (variables: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/**
 * Compiles the arguments of a field. Constants are coerced once.
 *
 * @throws {Uncovered} when a variable is inside of a list or an object
 */
export function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Arguments {
  const constants: Record<string, unknown> = {};
  const variables: { readonly name: string; readonly variable: string; readonly isRequired: boolean }[] = [];
  for (const { name, type, defaultValue } of field.args) {
    if (defaultValue !== undefined) constants[name] = defaultValue;
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
    if (value?.kind === Kind.VARIABLE) {
      variables.push({ name, variable: value.name.value, isRequired: isNonNullType(type) });
    } else if (value) {
      if (hasVariable(value)) throw new Uncovered('a variable inside of a value');
      const constant = valueFromAST(value, type);
      if (constant === undefined) throw new Uncovered('an invalid argument');
      constants[name] = constant;
    }
  }
  if (variables.length === 0) return () => constants;
  return (given) => {
    const args = { ...constants };
    for (const { name, variable, isRequired } of variables) {
      // A variable that was not given leaves the default value of the argument (GraphQL, section 6.4.1).
      if (Object.hasOwn(given, variable)) args[name] = given[variable];
      if (isRequired && args[name] == null) throw new Uncovered('null for a required argument');
    }
    return args;
  };
}

function hasVariable(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return true;
  if (value.kind === Kind.LIST) return value.values.some(hasVariable);
  return value.kind === Kind.OBJECT && value.fields.some((field) => hasVariable(field.value));
}
