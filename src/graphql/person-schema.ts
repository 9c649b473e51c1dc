import {
  defaultFieldResolver,
  type ExecutionArgs,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { confinedTo, isOf } from '../auth/policy.js';
import { type NamePrefixes, NO_PREFIXES } from '../config/graph-settings.js';
import type { UserId } from '../domain/ids.js';
import type { GraphQLContext } from './builder/context.js';
import { memoized } from './builder/memoized.js';
import { withPrefixes } from './federation/names.js';
import { GRAPH_ACCESS, requireOpen } from './persons/person-access.js';
import { PERSON_INPUT, requireOwnInput } from './persons/person-fields.js';
import { buildSchema } from './schema.js';

type Resolve = GraphQLFieldResolver<unknown, GraphQLContext, Readonly<Record<string, unknown>>>;

/** The field of Query that does not look up an object. */
const SELF = 'viewer';

/**
 * Returns the person schema: the same types, but every resolver first checks `GRAPH_ACCESS` and the owner of the
 * object. It is a separate schema, so that requests with an API key do not have the overhead of these checks.
 */
export function createPersonSchema(prefixes: NamePrefixes = NO_PREFIXES): GraphQLSchema {
  return schemas(prefixes);
}

const schemas = memoized((prefixes: NamePrefixes) => withPrefixes(guardAll(buildSchema()), prefixes));

/** Executes operations on the person schema when the viewer is a person whose token has no scopes. */
export function usePersonSchema(prefixes: NamePrefixes): Plugin<GraphQLContext> {
  const confine = ({ args }: { readonly args: ExecutionArgs & { contextValue: GraphQLContext } }) => {
    const context = args.contextValue;
    const person = context.viewer && confinedTo(context.viewer);
    if (!person) return;
    context.confinedTo = person;
    args.schema = createPersonSchema(prefixes);
  };
  return { onExecute: confine, onSubscribe: confine };
}

function guardAll(schema: GraphQLSchema): GraphQLSchema {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  for (const type of types) {
    if (isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) guard(type, field);
  }
  assertNamesExist(schema);
  return schema;
}

function guard(type: GraphQLObjectType, field: GraphQLField<unknown, GraphQLContext>): void {
  const resolve: Resolve = field.resolve ?? defaultFieldResolver;
  const { name } = field;
  const guarded: Resolve = (parent, args, context, info) => {
    const person = context.confinedTo;
    if (person === undefined) throw new Error('The person schema was used for a viewer that is not a person.');
    requireOpen(type.name, name);
    if (type.name === 'Mutation') requireOwnInput(name, args.input);
    const { isOwned, findsOwn } = GRAPH_ACCESS[type.name] ?? {};
    if (isOwned && !isOf(person, parent))
      throw new Error(`${type.name}.${name} was resolved for an object of another user.`);
    const value = resolve(parent, args, context, info);
    return findsOwn && name !== SELF ? keepOwned(person, value) : value;
  };
  field.resolve = guarded;
  const { subscribe } = field;
  if (!subscribe) return;
  field.subscribe = (parent, args, context, info) => {
    requireOpen(type.name, name);
    return subscribe(parent, args, context, info);
  };
}

/** Replaces objects that do not belong to the person with null. */
function keepOwned(person: UserId, found: unknown): unknown {
  if (found instanceof Promise) return found.then((value) => keepOwned(person, value));
  if (Array.isArray(found)) return found.map((value) => keepOwned(person, value));
  // Errors describe the request and reveal nothing about existing objects.
  return found instanceof Error || isOf(person, found) ? found : null;
}

/**
 * Asserts that all names in `GRAPH_ACCESS` and `PERSON_INPUT` exist, so that no rule has a misspelt or outdated name.
 *
 * @throws {Error} with the first unknown name
 */
function assertNamesExist(schema: GraphQLSchema): void {
  for (const [name, { fields }] of Object.entries(GRAPH_ACCESS)) {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`GRAPH_ACCESS has ${name}, which is not an object type of the schema.`);
    const missing = fields === 'all' ? undefined : fields.find((field) => !type.getFields()[field]);
    if (missing !== undefined)
      throw new Error(`GRAPH_ACCESS has ${name}.${missing}, which does not exist in the schema.`);
  }
  const mutations = schema.getMutationType()?.getFields() ?? {};
  for (const name of Object.keys(PERSON_INPUT)) {
    if (!mutations[name]) throw new Error(`PERSON_INPUT has ${name}, which is not a mutation.`);
  }
}
