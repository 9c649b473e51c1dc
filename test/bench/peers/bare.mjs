// The ceiling: node:http, prepared statements and JSON.stringify, without GraphQL.
import { createServer } from 'node:http';
import { openStore } from './schema.mjs';

const store = openStore();
const valuesOf = (user) => ({ ...user, emailVerified: user.emailVerified === 1, metadata: JSON.parse(user.metadata) });

function pageOf({ first, after }) {
  const { edges, pageInfo } = store.users(first, after);
  return { users: { edges: edges.map(({ cursor, node }) => ({ cursor, node: valuesOf(node) })), pageInfo } };
}

function nestedPageOf({ first }) {
  const { edges } = store.users(first);
  const grants = store.grantsOf(edges.map(({ node }) => node.id));
  const ids = [...new Set(grants.flat().map(({ applicationId }) => applicationId))];
  const applications = new Map(store.applications(ids).map((application) => [application.id, application]));
  const nodes = edges.map(({ node: { id, email } }, index) => {
    const authorizedApplications = grants[index].map((grant) => ({
      id: grant.id,
      grantedScopes: JSON.parse(grant.grantedScopes),
      application: applications.get(grant.applicationId),
    }));
    return { node: { id, email, authorizedApplications } };
  });
  return { users: { edges: nodes } };
}

const OPERATIONS = {
  UserById: ({ id }) => ({ user: valuesOf(store.user(id)) }),
  Page: pageOf,
  NestedPage: nestedPageOf,
  DeepPage: pageOf,
  ByIds: ({ ids }) => ({ usersByIds: store.byIds(ids).map(valuesOf) }),
  Create: ({ input }) => ({ createUser: valuesOf(store.create(input)) }),
};

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { operationName, variables } = JSON.parse(Buffer.concat(chunks).toString());
    const operation = OPERATIONS[operationName] ?? (() => ({ __typename: 'Query' }));
    const body = JSON.stringify({ data: operation(variables) });
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) };
    response.writeHead(200, headers).end(body);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
