import Database from 'better-sqlite3';
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** One operation that reads. */
export interface Read {
  readonly name: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Values that arguments are given: by the name of the argument, and ids by the type they are of. */
export interface Values {
  readonly ids: Readonly<Record<string, string>>;
  readonly texts: Readonly<Record<string, string>>;
}

/** What a lookup can be asked for: objects from the middle of each table. */
export function valuesIn(file: string, environmentId: string): Values {
  const sqlite = new Database(file, { readonly: true });
  const middle = (table: string, column = 'id') =>
    sqlite
      .prepare<[string, string], string>(
        `select ${column} from ${table} where environment_id = ? and ${column} is not null order by id
          limit 1 offset (select count(*) / 2 from ${table} where environment_id = ?)`,
      )
      .pluck()
      .get(environmentId, environmentId) ?? '';
  const values = {
    ids: {
      User: middle('users'),
      Organization: middle('organizations'),
      Application: middle('applications'),
      ApplicationByClientId: middle('applications', 'client_id'),
      AuthorizedApplication: middle('authorized_applications'),
      OrganizationMembership: middle('organization_memberships'),
      EmailVerification: middle('one_time_codes'),
      WebhookEndpoint: middle('webhook_endpoints'),
      WebhookDelivery: middle('webhook_deliveries'),
      ApiKey: middle('api_keys'),
      Event: middle('events'),
    },
    texts: {
      email: middle('users', 'email'),
      userByExternalId: middle('users', 'external_id'),
      organizationByExternalId: middle('organizations', 'external_id'),
    },
  };
  sqlite.close();
  return values;
}

/** Parents of a nested list, and objects of each, that one operation asks for. */
const PARENTS = 50;
const CHILDREN = 10;

/** Every lookup and every list of the schema, each list in every direction and with every condition of its filter. */
export function readsOf(schema: GraphQLSchema, values: Values): Read[] {
  const query = schema.getQueryType();
  if (!query) throw new Error('The schema has queries.');
  const fields = Object.values(query.getFields()).filter(({ name }) => !name.startsWith('_'));
  const roots = fields.flatMap((field) => (isConnection(field) ? rootList(field, values) : lookup(field, values)));
  const nested = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && type !== query && type !== schema.getSubscriptionType() && type !== schema.getMutationType()
      ? Object.values(type.getFields()).flatMap((field) =>
          isConnection(field) ? nestedList(fields, type, field, values) : [],
        )
      : [],
  );
  return [...roots, ...nested];
}

/** Fields that are looked up or listed, by type and name: what the reads of a schema have to be of. */
export function listsAndLookups(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && type !== schema.getMutationType() && type !== schema.getSubscriptionType()
      ? Object.values(type.getFields())
          .filter((field) => isConnection(field) || (type === schema.getQueryType() && !field.name.startsWith('_')))
          .map((field) => `${type.name}.${field.name}`)
      : [],
  );
}

function isConnection({ type }: GraphQLField<unknown, unknown>): boolean {
  return getNamedType(type).name.endsWith('Connection');
}

function nodeOf({ type }: GraphQLField<unknown, unknown>): GraphQLObjectType {
  const connection = getNamedType(type) as GraphQLObjectType; // a connection is an object
  const node = getNamedType(connection.getFields().nodes?.type as GraphQLOutputType);
  return node as GraphQLObjectType; // or an interface, which has fields, too
}

/** All leaves of an object, and of each object beside it one: what a client asks for. */
function selectionOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (isInterfaceType(named)) return '__typename id';
  if (!isObjectType(named)) return '__typename';
  const fields = Object.values(named.getFields()).flatMap((field) => {
    if (field.args.length > 0) return [];
    if (isLeafType(getNamedType(field.type))) return [field.name];
    return isObjectType(getNamedType(field.type)) ? [`${field.name} { __typename }`] : [];
  });
  return fields.join(' ');
}

const WAYS: readonly [string, string][] = [
  ['forward', 'first'],
  ['backward', 'last'],
];

function pages(field: GraphQLField<unknown, unknown>, size: number): [string, string][] {
  return WAYS.map(([way, size_]) => [
    way,
    `${field.name}(${size_}: ${size}) { edges { cursor node { ${selectionOf(nodeOf(field))} } } pageInfo { hasNextPage } }`,
  ]);
}

function hasTotal({ type }: GraphQLField<unknown, unknown>): boolean {
  return 'totalCount' in (getNamedType(type) as GraphQLObjectType).getFields();
}

function rootList(field: GraphQLField<unknown, unknown>, values: Values): Read[] {
  const reads: Read[] = pages(field, PARENTS).map(([way, selection]) => read(`${field.name}, ${way}`, selection));
  if (hasTotal(field)) reads.push(read(`${field.name}, total`, `${field.name} { totalCount }`));
  const filter = field.args.find(({ name }) => name === 'filter');
  // Filters of users have a language of their own, and a test of their own.
  if (!filter || field.name === 'users') return reads;
  const input = getNamedType(filter.type);
  if (!isInputObjectType(input)) return reads;
  const total = hasTotal(field) ? 'totalCount' : '';
  if (field.name === 'events') {
    const query = `query ($filter: ${input.name}) { events(filter: $filter, first: 10) { nodes { id } } }`;
    const filter = { userId: values.ids.User, types: ['USER_CREATED'] };
    reads.push({ name: 'events, by userId and types', query, variables: { filter } });
  }
  for (const condition of Object.values(input.getFields())) {
    const text = `query ($filter: ${input.name}) { ${field.name}(filter: $filter, first: 10) { ${total} nodes { id } } }`;
    const value = conditionValue(condition.type, condition.name, values);
    reads.push({
      name: `${field.name}, by ${condition.name}`,
      query: text,
      variables: { filter: { [condition.name]: value } },
    });
  }
  return reads;
}

/** A value for a condition of a filter. */
function conditionValue(type: GraphQLInputType, name: string, { ids }: Values): unknown {
  if (isNonNullType(type)) return conditionValue(type.ofType, name, { ids, texts: {} });
  if (isListType(type)) return [conditionValue(type.ofType, name, { ids, texts: {} })];
  const named = getNamedType(type);
  if (isInputObjectType(named)) return { gte: '2024-01-01T00:01:00.000Z' };
  if (named.name === 'EventType') return 'USER_CREATED';
  if (named.name === 'ID') return ids[`${name.charAt(0).toUpperCase()}${name.slice(1, -2)}`] ?? '';
  return name === 'name' ? 'App' : 'x';
}

function lookup(field: GraphQLField<unknown, unknown>, { ids, texts }: Values): Read[] {
  const selection = selectionOf(field.type);
  if (field.name === 'nodes')
    return [
      { name: 'nodes', query: `query ($ids: [ID!]!) { nodes(ids: $ids) { id } }`, variables: { ids: nodeIds(ids) } },
    ];
  const own = isInterfaceType(getNamedType(field.type))
    ? nodeIds(ids)
    : [texts[field.name] ?? ids[byName(field.name)] ?? ids[getNamedType(field.type).name] ?? ''];
  const arg = field.args[0];
  if (!arg || field.name === 'usersCount') return [read(field.name, `${field.name} { ${selection} }`)];
  return own.map((id) => ({
    name: own.length > 1 ? `${field.name}, ${id.replace(/_[^_]*$/, '')}` : field.name,
    query: `query ($key: ${String(arg.type)}) { ${field.name}(${arg.name}: $key) { ${selection} } }`,
    variables: { key: texts[arg.name] ?? id },
  }));
}

function nodeIds(ids: Values['ids']): string[] {
  return Object.values(ids).filter((id) => !id.startsWith('client_'));
}

/** `ApplicationByClientId` of `applicationByClientId`. */
function byName(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function nestedList(
  roots: readonly GraphQLField<unknown, unknown>[],
  parent: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  { ids }: Values,
): Read[] {
  const name = `${parent.name}.${field.name}`;
  const selections = pages(field, CHILDREN);
  if (hasTotal(field)) selections.push(['total', `${field.name} { totalCount }`]);
  const list = roots.find((root) => isConnection(root) && nodeOf(root) === parent);
  const one = roots.find((root) => root.type === parent && root.args[0]?.name === 'id');
  return selections.flatMap(([way, selection]) => [
    ...(list
      ? [read(`${name} of ${PARENTS}, ${way}`, `${list.name}(first: ${PARENTS}) { nodes { id ${selection} } }`)]
      : []),
    ...(one
      ? [
          {
            name: `${name} of one, ${way}`,
            query: `query ($id: ID!) { ${one.name}(id: $id) { id ${selection} } }`,
            variables: { id: ids[parent.name] ?? '' },
          },
        ]
      : []),
  ]);
}

function read(name: string, selection: string): Read {
  return { name, query: `{ ${selection} }`, variables: {} };
}
