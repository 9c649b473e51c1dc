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
import { isOpenToPersons, PERSON_INPUT } from '../../auth/person-access.js';

/**
 * Tag of what takes an API key or a token with scopes. A contract that excludes it is the graph for people who sign in
 * (Federation 2.9, `@tag`).
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

/** Fields of `Query` that a supergraph must not have from here: every Relay subgraph would be asked for others' ids. */
const STANDALONE = ['node', 'nodes'];

/**
 * The schema's document as a composer gets it. It lacks `node` and `nodes`: hidden by `@inaccessible` they would be
 * hidden in every other subgraph too. What persons cannot use carries a tag, by the table that refuses it to them; what
 * they can use asks a router for a token and not for scopes, which they have none of: who needs which is judged here.
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

/** Whether persons may use a field; one of an interface, when they may on every type they can get in its place. */
function isOpen(schema: GraphQLSchema, typeName: string, field: string): boolean {
  const type = schema.getType(typeName);
  if (isObjectType(type)) return isOpenToPersons(typeName, field) && !isClosed(type.getFields()[field]?.type);
  if (!isInterfaceType(type)) return isOpenToPersons(typeName, field);
  const open = schema.getPossibleTypes(type).filter(({ name }) => isOpenToPersons(name, 'id') || /Error$/.test(name));
  return open.every(({ name }) => isOpenToPersons(name, field));
}

/** Whether there is nothing persons can ask of what a field answers: for them it is always null. */
function isClosed(type: GraphQLOutputType | undefined): boolean {
  const named = type && getNamedType(type);
  return isObjectType(named) && !Object.keys(named.getFields()).some((field) => isOpenToPersons(named.name, field));
}

/** The names of all types a person can meet, in an answer or in what they send. */
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

/** Of the input types of mutations the fields a person may give. */
function ownInputs(schema: GraphQLSchema): ReadonlyMap<string, readonly string[]> {
  const mutations = schema.getMutationType()?.getFields() ?? {};
  const inputs = Object.entries(PERSON_INPUT).map(([mutation, fields]) => {
    const input = mutations[mutation]?.args.find(({ name }) => name === 'input');
    return [input ? getNamedType(input.type).name : '', fields] as const;
  });
  return new Map(inputs);
}
