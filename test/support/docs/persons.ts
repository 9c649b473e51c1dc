import { type GraphQLSchema, getNamedType, isInputObjectType, isObjectType } from 'graphql';
import { GRAPH_ACCESS, isOpenToPersons } from '../../../src/graphql/persons/person-access.js';
import { PERSON_INPUT } from '../../../src/graphql/persons/person-fields.js';
import { wrap } from './docs-table.js';

/**
 * What persons may do, as a Markdown list: one item for each type that they reach, with the fields that they may use and
 * those that are refused. What the list does not name is refused.
 */
export function personList(schema: GraphQLSchema): string {
  const types = Object.entries(GRAPH_ACCESS).map(([name, { isOwned }]) => {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`${name} is no type.`);
    const fields = Object.keys(type.getFields());
    const may = fields.filter((field) => isOpenToPersons(name, field));
    const not = fields.filter((field) => !may.includes(field));
    return item(name, isOwned === true, may, not);
  });
  const inputs = Object.entries(PERSON_INPUT).map(([mutation, may]) => {
    const [input] = schema.getMutationType()?.getFields()[mutation]?.args ?? [];
    const type = getNamedType(input?.type);
    if (!isInputObjectType(type)) throw new Error(`${mutation} has no input.`);
    const not = Object.keys(type.getFields()).filter((field) => !may.includes(field));
    return item(type.name, false, may, not);
  });
  return [...types, ...inputs].join('\n');
}

function item(type: string, isOwned: boolean, may: readonly string[], not: readonly string[]): string {
  return [
    `- \`${type}\`${isOwned ? ' (their own)' : ''}`,
    ...(may.length > 0 ? [fields('May use', may)] : []),
    ...(not.length > 0 ? [fields('Refused', not)] : []),
  ].join('\n');
}

function fields(label: string, names: readonly string[]): string {
  return wrap(`  - ${label}: ${names.map((name) => `\`${name}\``).join(', ')}`, '    ');
}
