import { MapperKind, mapSchema, renameType } from '@graphql-tools/utils';
import {
  type DocumentNode,
  GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  GraphQLUnionType,
  isInterfaceType,
  isUnionType,
  type NameNode,
  type TypeDefinitionNode,
  visit,
} from 'graphql';
import type { NamePrefixes } from '../../config/graph-settings.js';

/**
 * Types that never get a prefix, because they have the same name and meaning in every subgraph and are one type in the
 * supergraph. Relay requires the names `Node` and `PageInfo`.
 */
const ROOTS = ['Query', 'Mutation', 'Subscription'];
const SHARED = [...ROOTS, 'Node', 'PageInfo', 'DateTime', 'URL'];
/** Fields of `Query` that specifications define. */
const SPECIFIED = ['node', 'nodes', '_entities', '_service'];
/** Built-in scalars of GraphQL, and types of federation. */
const FOREIGN = /^(_|federation__|link__)|^(Boolean|FieldSet|Float|ID|Int|String)$/;

export function prefixed(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

function typeNames(prefix: string): (name: string) => string {
  return (name) => (SHARED.includes(name) || FOREIGN.test(name) ? name : prefixed(prefix, name));
}

function fieldNames(prefix: string): (name: string) => string {
  return (name) => (SPECIFIED.includes(name) ? name : prefixed(prefix, name));
}

/** Returns a schema with prefixed names of types and root fields, or the same schema when there is no prefix. */
export function withPrefixes(schema: GraphQLSchema, { type, field }: NamePrefixes): GraphQLSchema {
  if (type === '' && field === '') return schema;
  const [nameOf, fieldNameOf] = [typeNames(type), fieldNames(field)];
  return mapSchema(schema, {
    [MapperKind.TYPE]: (named) => renamed(named, nameOf),
    [MapperKind.ROOT_FIELD]: (config, name) => [fieldNameOf(name), config],
  });
}

/** Like `withPrefixes`, for the SDL document of a schema. */
export function documentWithPrefixes(document: DocumentNode, { type, field }: NamePrefixes): DocumentNode {
  const [nameOf, fieldNameOf] = [typeNames(type), fieldNames(field)];
  const rename = <T extends { readonly name: NameNode }>(node: T, to: (name: string) => string): T => ({
    ...node,
    name: { ...node.name, value: to(node.name.value) },
  });
  const definition = <T extends TypeDefinitionNode>(node: T) => rename(node, nameOf);
  return visit(document, {
    NamedType: (node) => rename(node, nameOf),
    InterfaceTypeDefinition: { leave: definition },
    InputObjectTypeDefinition: { leave: definition },
    UnionTypeDefinition: { leave: definition },
    EnumTypeDefinition: { leave: definition },
    ScalarTypeDefinition: { leave: definition },
    ObjectTypeDefinition: {
      leave: (node) => {
        if (!ROOTS.includes(node.name.value)) return definition(node);
        return { ...node, fields: node.fields?.map((one) => rename(one, fieldNameOf)) };
      },
    },
  });
}

function renamed(type: GraphQLNamedType, nameOf: (name: string) => string): GraphQLNamedType {
  const name = nameOf(type.name);
  // `resolveType` returns the name of a type without the prefix.
  if (isUnionType(type)) {
    return new GraphQLUnionType({ ...type.toConfig(), name, resolveType: renaming(type.resolveType, nameOf) });
  }
  if (isInterfaceType(type)) {
    return new GraphQLInterfaceType({ ...type.toConfig(), name, resolveType: renaming(type.resolveType, nameOf) });
  }
  return name === type.name ? type : renameType(type, name);
}

type ResolveType = GraphQLTypeResolver<unknown, unknown>;

function renaming(resolveType: ResolveType | null | undefined, nameOf: (name: string) => string): ResolveType | null {
  if (!resolveType) return null;
  return async (...args) => {
    const name = await resolveType(...args);
    return name === undefined ? undefined : nameOf(name);
  };
}
