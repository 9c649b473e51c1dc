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
import { confinedTo, isOf, PERSON_ACCESS, PERSON_INPUT, requireOpen, requireOwnInput } from '../auth/person-access.js';
import type { UserId } from '../ids.js';
import type { GraphQLContext } from './context.js';
import { type NamePrefixes, NO_PREFIXES, withPrefixes } from './federation/names.js';
import { memoized } from './memoized.js';
import { buildSchema } from './schema.js';

type Resolve = GraphQLFieldResolver<unknown, GraphQLContext, Readonly<Record<string, unknown>>>;

/** The one field of Query that looks nothing up. */
const SELF = 'viewer';

/**
 * The schema as persons execute it: the same types, and at every field a guard that asks `PERSON_ACCESS` and to whom
 * the object belongs. A schema of its own, so that those who send an API key do not pay for it.
 */
export function createPersonSchema(prefixes: NamePrefixes = NO_PREFIXES): GraphQLSchema {
  return schemas(prefixes);
}

const schemas = memoized((prefixes: NamePrefixes) => withPrefixes(guardAll(buildSchema()), prefixes));

/** Has persons whose token carries no scopes executed on the schema that guards every field. */
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
  assertKnown(schema);
  return schema;
}

function guard(type: GraphQLObjectType, field: GraphQLField<unknown, GraphQLContext>): void {
  const resolve: Resolve = field.resolve ?? defaultFieldResolver;
  const { name } = field;
  const guarded: Resolve = (parent, args, context, info) => {
    const person = context.confinedTo;
    if (person === undefined) throw new Error('Only persons are executed on their schema.');
    requireOpen(type.name, name);
    if (type.name === 'Mutation') requireOwnInput(name, args.input);
    const { isOwned, findsOwn } = PERSON_ACCESS[type.name] ?? {};
    if (isOwned && !isOf(person, parent)) throw new Error(`${type.name}.${name} was reached of somebody else.`);
    const value = resolve(parent, args, context, info);
    return findsOwn && name !== SELF ? own(person, value) : value;
  };
  field.resolve = guarded;
  const { subscribe } = field;
  if (!subscribe) return;
  field.subscribe = (parent, args, context, info) => {
    requireOpen(type.name, name);
    return subscribe(parent, args, context, info);
  };
}

/** What is theirs of what was found; null in the place of everything else. */
function own(person: UserId, found: unknown): unknown {
  if (found instanceof Promise) return found.then((value) => own(person, value));
  if (Array.isArray(found)) return found.map((value) => own(person, value));
  // An error tells what is wrong with what was asked, not what there is.
  return found instanceof Error || isOf(person, found) ? found : null;
}

/** A name that is misspelt or gone would open nothing, or be missed when it comes back. */
function assertKnown(schema: GraphQLSchema): void {
  for (const [name, { fields }] of Object.entries(PERSON_ACCESS)) {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`PERSON_ACCESS has ${name}, which is no type of the schema.`);
    const lacking = fields === 'all' ? undefined : fields.find((field) => !type.getFields()[field]);
    if (lacking !== undefined) throw new Error(`PERSON_ACCESS has ${name}.${lacking}, which the schema has not.`);
  }
  const mutations = schema.getMutationType()?.getFields() ?? {};
  for (const name of Object.keys(PERSON_INPUT)) {
    if (!mutations[name]) throw new Error(`PERSON_INPUT has ${name}, which is no mutation.`);
  }
}
