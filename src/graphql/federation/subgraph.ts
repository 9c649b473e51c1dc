import {
  type ASTNode,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  type InputValueDefinitionNode,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isUnionType,
  Kind,
  type TypeDefinitionNode,
  visit,
} from 'graphql';
import { isOpenToPersons } from '../persons/person-access.js';
import { PERSON_INPUT } from '../persons/person-fields.js';

/**
 * Tag of elements that need an API key or a token with scopes. A contract variant that excludes the tag has only what
 * signed-in users can use (Federation 2.9, `@tag`).
 */
const SERVER_TAG: ConstDirectiveNode = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'tag' },
  arguments: [
    {
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: 'name' },
      value: { kind: Kind.STRING, value: 'server' },
    },
  ],
};

/** Fields of `Query` that are not in the subgraph: a supergraph would send ids of other subgraphs to them. */
const STANDALONE = ['node', 'nodes'];

/**
 * Converts the document of the schema to that of the subgraph, for composers.
 *
 * - It omits `node` and `nodes`, because `@inaccessible` would also hide them in all other subgraphs.
 * - It tags elements that signed-in users cannot use (`GRAPH_ACCESS`).
 * - It omits `@requiresScopes` where users can use a field, because their tokens have no scopes. The router then
 *   requires only a token, and this server checks access.
 */
export function toSubgraph(document: DocumentNode, schema: GraphQLSchema): DocumentNode {
  const reached = reachedByPersons(schema);
  const own = ownInputs(schema);
  const query = schema.getQueryType()?.name;
  const roots = [query, schema.getMutationType()?.name];

  function field(type: string, node: FieldDefinitionNode): FieldDefinitionNode[] {
    if (type === query && STANDALONE.includes(node.name.value)) return [];
    return [isOpen(schema, type, node.name.value) ? withoutScopes(node) : tagged(node)];
  }

  function input(type: string, node: InputValueDefinitionNode): InputValueDefinitionNode {
    const may = own.get(type);
    return may && !may.includes(node.name.value) ? tagged(node) : node;
  }

  function fields<T extends TypeDefinitionNode>(node: T): T {
    const name = node.name.value;
    if (!reached.has(name) && !roots.includes(name)) return tagged(node);
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      return { ...node, fields: node.fields?.flatMap((one) => field(name, one)) };
    }
    if (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
      return { ...node, fields: node.fields?.map((one) => input(name, one)) };
    }
    return node;
  }

  return visit(document, {
    ObjectTypeDefinition: { enter: fields },
    InterfaceTypeDefinition: { enter: fields },
    InputObjectTypeDefinition: { enter: fields },
    UnionTypeDefinition: { enter: fields },
    EnumTypeDefinition: { enter: fields },
  });
}

type Directed = ASTNode & { readonly directives?: readonly ConstDirectiveNode[] };

function tagged<T extends Directed>(node: T): T {
  return { ...node, directives: [...(node.directives ?? []), SERVER_TAG] };
}

function withoutScopes<T extends Directed>(node: T): T {
  return { ...node, directives: node.directives?.filter(({ name }) => name.value !== 'requiresScopes') };
}

/** Whether persons may use a field. For a field of an interface: on every implementing type that is open to persons. */
function isOpen(schema: GraphQLSchema, typeName: string, field: string): boolean {
  const type = schema.getType(typeName);
  if (isObjectType(type)) return isOpenToPersons(typeName, field) && !isClosed(type.getFields()[field]?.type);
  if (!isInterfaceType(type)) return isOpenToPersons(typeName, field);
  const open = schema.getPossibleTypes(type).filter(({ name }) => isOpenToPersons(name, 'id') || /Error$/.test(name));
  return open.every(({ name }) => isOpenToPersons(name, field));
}

/** Whether a field returns an object type none of whose fields is open to persons. Such a field is null for them. */
function isClosed(type: GraphQLOutputType | undefined): boolean {
  const named = type && getNamedType(type);
  return isObjectType(named) && !Object.keys(named.getFields()).some((field) => isOpenToPersons(named.name, field));
}

/** Returns the names of all types that a person can reach, as output or input. */
function reachedByPersons(schema: GraphQLSchema): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    const type = schema.getType(name);
    if (reached.has(name) || !type) return;
    reached.add(name);
    if (isUnionType(type)) for (const member of type.getTypes()) visit(member.name);
    if (isEnumType(type) || isScalarType(type)) return;
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) visit(getNamedType(field.type).name);
    } else if (isObjectType(type) || isInterfaceType(type)) {
      for (const { name: interfaceName } of type.getInterfaces()) visit(interfaceName);
      for (const field of Object.values(type.getFields())) {
        if (field.name.startsWith('_') || !isOpen(schema, name, field.name)) continue;
        for (const arg of field.args) visit(getNamedType(arg.type).name);
        visit(getNamedType(field.type).name);
      }
      if (isInterfaceType(type)) {
        for (const one of schema.getPossibleTypes(type)) if (isOpenToPersons(one.name, 'id')) visit(one.name);
      }
    }
  };
  for (const root of [schema.getQueryType(), schema.getMutationType()]) if (root) visit(root.name);
  return reached;
}

/** Returns, by the name of the input type, the input fields that a person may set. */
function ownInputs(schema: GraphQLSchema): ReadonlyMap<string, readonly string[]> {
  const mutations = schema.getMutationType()?.getFields() ?? {};
  const inputs = Object.entries(PERSON_INPUT).map(([mutation, fields]) => {
    const input = mutations[mutation]?.args.find(({ name }) => name === 'input');
    return [input ? getNamedType(input.type).name : '', fields] as const;
  });
  return new Map(inputs);
}
