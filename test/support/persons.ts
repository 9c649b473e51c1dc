import { type GraphQLSchema, getNamedType, isInputObjectType, isObjectType } from 'graphql';
import { isOpenToPersons, PERSON_ACCESS, PERSON_INPUT } from '../../src/auth/person-access.js';

/**
 * What persons may do, type by type and field by field: one row a type that they reach. What has no row is refused, and
 * so is what a row does not name.
 */
export function personRows(schema: GraphQLSchema): string[][] {
  const rows = Object.entries(PERSON_ACCESS).map(([name, { isOwned }]) => {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`${name} is no type.`);
    const fields = Object.keys(type.getFields());
    const may = fields.filter((field) => isOpenToPersons(name, field));
    const not = fields.filter((field) => !may.includes(field));
    return [`\`${name}\``, isOwned ? 'their own' : '', code(may), code(not)];
  });
  const inputs = Object.entries(PERSON_INPUT).map(([mutation, may]) => {
    const [input] = schema.getMutationType()?.getFields()[mutation]?.args ?? [];
    const type = getNamedType(input?.type);
    if (!isInputObjectType(type)) throw new Error(`${mutation} has no input.`);
    const not = Object.keys(type.getFields()).filter((field) => !may.includes(field));
    return [`\`${type.name}\``, '', code(may), code(not)];
  });
  return [...rows, ...inputs];
}

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(' ');
}
