import type { drawIds } from './data.js';

/** A body to send. */
export interface Operation {
  readonly operationName: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface Workload {
  readonly name: string;
  readonly title: string;
  /** The operations of each schema, which are sent in turn. */
  readonly own: readonly Operation[];
  readonly peers: readonly Operation[];
}

const FIELDS =
  'id email firstName lastName emailVerified profilePictureUrl lastSignInAt externalId metadata createdAt updatedAt';
const PAGE = `edges { cursor node { ${FIELDS} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;
const GRANT = 'id grantedScopes application { id name }';
const BODIES = 256;

/** Replaced by another address in each request. */
export const NEW_EMAIL = '@NEW_EMAIL@';

/** The six workloads. */
export function workloadsOf({ anywhere, middle }: ReturnType<typeof drawIds>): readonly Workload[] {
  const alike = (operationName: string, query: string, variables: readonly Operation['variables'][]) =>
    variables.map((given) => ({ operationName, query: `query ${operationName}${query}`, variables: given }));
  const page = `($first: Int, $after: String) { users(first: $first, after: $after) { ${PAGE} } }`;
  const firstPage = alike('Page', page, [{ first: 50 }]);
  const byId = alike(
    'UserById',
    `($id: ID!) { user(id: $id) { ${FIELDS} } }`,
    anywhere.slice(0, BODIES).map((id) => ({ id })),
  );
  const deep = (cursorOf: (id: string) => string) =>
    alike(
      'DeepPage',
      page,
      middle.map((id) => ({ first: 50, after: cursorOf(id) })),
    );
  const nested = (grants: string) =>
    alike('NestedPage', `($first: Int) { users(first: $first) { edges { node { id email ${grants} } } } }`, [
      { first: 50 },
    ]);
  const hundreds = Array.from({ length: 64 }, (_, index) => ({ ids: anywhere.slice(index * 100, index * 100 + 100) }));
  const input = { email: NEW_EMAIL, firstName: 'Ada', lastName: 'Lovelace' };
  const create = (selection: string) => [
    {
      operationName: 'Create',
      query: `mutation Create($input: CreateUserInput!) { createUser(input: $input) { ${selection} } }`,
      variables: { input },
    },
  ];
  return [
    { name: 'UserById', title: 'User by ID', own: byId, peers: byId },
    { name: 'Page', title: 'First page of 50', own: firstPage, peers: firstPage },
    {
      name: 'NestedPage',
      title: 'Page with applications',
      own: nested(`authorizedApplications { nodes { ${GRANT} } }`),
      peers: nested(`authorizedApplications { ${GRANT} }`),
    },
    {
      name: 'DeepPage',
      title: 'Deep page',
      own: deep((id) => encoded(JSON.stringify([1, 'users:CREATED_AT:DESC', id]))),
      peers: deep(encoded),
    },
    {
      name: 'ByIds',
      title: '100 users by ID',
      own: alike('ByIds', `($ids: [ID!]!) { nodes(ids: $ids) { ... on User { ${FIELDS} } } }`, hundreds),
      peers: alike('ByIds', `($ids: [ID!]!) { usersByIds(ids: $ids) { ${FIELDS} } }`, hundreds),
    },
    {
      name: 'Create',
      title: 'Create a user',
      own: create(`user { ${FIELDS} } errors { ... on MutationError { code } }`),
      peers: create(FIELDS),
    },
  ];
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}
