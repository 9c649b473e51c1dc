import Database from 'better-sqlite3';

/** The schema that all peers serve. */
export const SDL = `
  scalar JSON
  type Query {
    user(id: ID!): User
    users(first: Int, after: String): UserConnection!
    usersByIds(ids: [ID!]!): [User]!
  }
  type Mutation { createUser(input: CreateUserInput!): User! }
  input CreateUserInput { email: String! firstName: String lastName: String }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type UserEdge { cursor: String! node: User! }
  type UserConnection { edges: [UserEdge!]! pageInfo: PageInfo! }
  type User {
    id: ID! email: String! firstName: String lastName: String emailVerified: Boolean! profilePictureUrl: String
    lastSignInAt: String externalId: String metadata: JSON! createdAt: String! updatedAt: String!
    authorizedApplications: [AuthorizedApplication!]!
  }
  type AuthorizedApplication { id: ID! grantedScopes: [String!]! application: Application! }
  type Application { id: ID! name: String! }
`;

const COLUMNS = `id, email, first_name as firstName, last_name as lastName, email_verified as emailVerified,
  profile_picture_url as profilePictureUrl, last_sign_in_at as lastSignInAt, external_id as externalId, metadata,
  created_at as createdAt, updated_at as updatedAt`;

const STATEMENTS = {
  one: `select ${COLUMNS} from users where id = ?`,
  first: `select ${COLUMNS} from users order by id desc limit ?`,
  after: `select ${COLUMNS} from users where id < ? order by id desc limit ?`,
  many: `select ${COLUMNS} from users where id in (select value from json_each(?))`,
  grants: `select id, user_id as userId, application_id as applicationId, granted_scopes as grantedScopes
    from authorized_applications where user_id in (select value from json_each(?)) order by id desc`,
  applications: 'select id, name from applications where id in (select value from json_each(?))',
  insert: `insert into users (id, email, first_name, last_name, email_verified, metadata, created_at, updated_at)
    values (?, ?, ?, ?, 0, '{}', ?, ?) returning ${COLUMNS}`,
};

/** Reads and writes with statements that are prepared once. */
export function openStore() {
  const db = new Database(process.env.DATABASE, { fileMustExist: true });
  db.pragma('journal_mode = WAL');
  db.pragma(`synchronous = ${process.env.SYNCHRONOUS}`);
  db.pragma('cache_size = -65536');
  db.pragma('mmap_size = 1073741824');
  const run = Object.fromEntries(Object.entries(STATEMENTS).map(([name, text]) => [name, db.prepare(text)]));
  let created = 0;
  return {
    user: (id) => run.one.get(id),
    users: (first, after) => {
      const rows = after ? run.after.all(idIn(after), first + 1) : run.first.all(first + 1);
      const hasNextPage = rows.length > first;
      const edges = rows.slice(0, first).map((node) => ({ cursor: cursorOf(node.id), node }));
      const [startCursor, endCursor] = [edges.at(0)?.cursor ?? null, edges.at(-1)?.cursor ?? null];
      return { edges, pageInfo: { hasNextPage, hasPreviousPage: Boolean(after), startCursor, endCursor } };
    },
    byIds: (ids) => inOrder(ids, run.many.all(JSON.stringify(ids))),
    grantsOf: (userIds) => {
      const grants = grouped(run.grants.all(JSON.stringify(userIds)));
      return userIds.map((id) => grants.get(id) ?? []);
    },
    applications: (ids) => inOrder(ids, run.applications.all(JSON.stringify(ids))),
    create: ({ email, firstName = null, lastName = null }) => {
      const now = new Date().toISOString();
      return run.insert.get(`user_${Date.now()}_${created++}`, email, firstName, lastName, now, now);
    },
  };
}

const cursorOf = (id) => Buffer.from(id).toString('base64url');
const idIn = (cursor) => Buffer.from(cursor, 'base64url').toString();

function inOrder(ids, rows) {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}

function grouped(grants) {
  const byUser = new Map();
  for (const grant of grants) byUser.set(grant.userId, [...(byUser.get(grant.userId) ?? []), grant]);
  return byUser;
}

/** Resolvers of what is not stored as it is sent. */
export const VALUES = {
  User: { emailVerified: ({ emailVerified }) => emailVerified === 1, metadata: ({ metadata }) => JSON.parse(metadata) },
  AuthorizedApplication: { grantedScopes: ({ grantedScopes }) => JSON.parse(grantedScopes) },
};

export function rootResolvers(store) {
  return {
    Query: {
      user: (_, { id }) => store.user(id),
      users: (_, { first, after }) => store.users(first, after),
      usersByIds: (_, { ids }) => store.byIds(ids),
    },
    Mutation: { createUser: (_, { input }) => store.create(input) },
  };
}
