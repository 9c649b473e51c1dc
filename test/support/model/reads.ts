import { expect } from 'vitest';
import type { Answer } from '../test-app.js';
import type { Model, ModelApplication, ModelUser } from './model.js';
import { normal } from './model.js';
import type { Real } from './step.js';

/** Everything there is, by every way that leads to it. */
const READS = `query ($ids: [ID!]!, $email: String!, $externalId: String!, $organizationId: ID!) {
  byCreation: users(first: 100) { totalCount nodes { id } }
  byEmail: users(first: 100, orderBy: { field: EMAIL }) { totalCount nodes { id } }
  verified: users(first: 100, filter: { emailVerified: true }) { totalCount nodes { id } }
  members: users(first: 100, filter: { organizationId: { eq: $organizationId } }) { totalCount nodes { id } }
  userByEmail(email: $email) { id }
  userByExternalId(externalId: $externalId) { id }
  nodes(ids: $ids) {
    __typename
    id
    ... on User {
      email emailVerified firstName locale externalId metadata version
      authorizedApplications(first: 100) { totalCount nodes { id grantedScopes application { id } } }
      organizationMemberships(first: 100) { totalCount nodes { id roles status organization { id } } }
    }
    ... on Organization { name externalId metadata }
    ... on OrganizationMembership { roles status user { id } organization { id } }
    ... on Application { name description scopes organizationId }
    ... on WebhookEndpoint { url types enabled }
    ... on AuthorizedApplication { grantedScopes user { id } application { id } }
  }
}`;

const EVENTS = `query ($after: String) {
  events(first: 100, after: $after, orderBy: { direction: ASC }) {
    nodes {
      name
      ... on UserCreatedEvent { snapshot { id } }
      ... on UserUpdatedEvent { snapshot { id } }
      ... on UserDeletedEvent { snapshot { id } }
      ... on EmailVerificationCreatedEvent { userId }
      ... on AuthorizedApplicationEvent { userId applicationId }
      ... on OrganizationMembershipEvent { userId organizationId }
      ... on OrganizationEvent { organizationId }
      ... on ApplicationEvent { applicationId }
      ... on WebhookEndpointEvent { webhookEndpointId }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

type Made = { readonly id: string };

/** Holds everything that can be read against the model. */
export async function expectReads(model: Model, real: Real): Promise<void> {
  const last = [...model.users.values()].at(-1);
  const organizationId = [...model.organizations.keys()].at(-1) ?? 'org_none';
  const { data, errors } = await real.execute(READS, {
    // The newest that fit into one page, those that are gone among them.
    ids: model.ids.slice(-100),
    email: last?.email.toUpperCase() ?? 'nobody@example.com',
    externalId: last?.externalId ?? 'nobody',
    organizationId,
  });
  expect(errors).toBeUndefined();
  const users = [...model.users.values()];
  expect({
    byCreation: list(data.byCreation),
    byEmail: list(data.byEmail),
    verified: list(data.verified),
    members: { ...list(data.members), ids: list(data.members).ids.sort() },
    userByEmail: data.userByEmail?.id ?? null,
    userByExternalId: data.userByExternalId?.id ?? null,
    nodes: data.nodes.map(inOrder),
  }).toEqual({
    byCreation: listOf([...users].reverse()),
    byEmail: listOf(
      [...users].sort((a, b) => Buffer.compare(Buffer.from(normal(a.email)), Buffer.from(normal(b.email)))),
    ),
    verified: listOf(users.filter((user) => user.emailVerified).reverse()),
    members: listOf(membersOf(model, organizationId)),
    userByEmail: last?.id ?? null,
    userByExternalId: last?.externalId == null ? null : last.id,
    nodes: model.ids.slice(-100).map((id) => nodeOf(model, id)),
  });
  await expectEvents(model, real);
}

/** The log: the events of each command after those of the one before. */
async function expectEvents(model: Model, real: Real): Promise<void> {
  const told = (await readEvents(real)).slice(real.earlierEvents);
  let from = 0;
  const ofCommands = model.events.map((events) => {
    const ofThis = told.slice(from, from + events.length);
    from += events.length;
    return ofThis.sort();
  });
  const wanted = model.events.map((events) => events.map((event) => event.join(' ')).sort());
  expect([...ofCommands, told.slice(from)]).toEqual([...wanted, []]);
}

/** Every event of the log, oldest first: its name and the ids of what it happened to. */
export async function readEvents({ execute }: Pick<Real, 'execute'>): Promise<string[]> {
  const told: string[] = [];
  for (let after: string | null = null; ; ) {
    const { data, errors }: Answer = await execute(EVENTS, { after });
    expect(errors).toBeUndefined();
    for (const node of data.events.nodes) {
      const { name, snapshot, userId, organizationId, applicationId, webhookEndpointId } = node;
      told.push(
        [name, snapshot?.id, userId, organizationId, applicationId, webhookEndpointId].filter(Boolean).join(' '),
      );
    }
    if (!data.events.pageInfo.hasNextPage) return told;
    after = data.events.pageInfo.endCursor;
  }
}

function list({ totalCount, nodes }: { totalCount: number; nodes: Made[] }) {
  return { totalCount, ids: nodes.map(({ id }) => id) };
}

function listOf(things: readonly Made[]) {
  return { totalCount: things.length, ids: things.map(({ id }) => id) };
}

function membersOf(model: Model, organizationId: string): ModelUser[] {
  const memberships = [...model.memberships.values()].filter((one) => one.organizationId === organizationId);
  const ids = new Set(memberships.map(({ userId }) => userId));
  return [...model.users.values()].filter(({ id }) => ids.has(id)).sort(byId);
}

const byId = (a: Made, b: Made) => (a.id < b.id ? -1 : 1);

/** Nested lists by id: which comes first is tested elsewhere. */
// biome-ignore lint/suspicious/noExplicitAny: an answer is as untyped as JSON is; wrong paths fail the comparison.
function inOrder(node: any): unknown {
  if (node?.__typename !== 'User') return node;
  const sorted = (page: { totalCount: number; nodes: Made[] }) => ({ ...page, nodes: [...page.nodes].sort(byId) });
  const { authorizedApplications, organizationMemberships, ...rest } = node;
  return {
    ...rest,
    authorizedApplications: sorted(authorizedApplications),
    organizationMemberships: sorted(organizationMemberships),
  };
}

function nodeOf(model: Model, id: string): unknown {
  const user = model.users.get(id);
  if (user) return userNode(model, user);
  const organization = model.organizations.get(id);
  if (organization) return { __typename: 'Organization', ...organization };
  const membership = model.memberships.get(id);
  if (membership) {
    const { userId, organizationId, ...rest } = membership;
    return {
      __typename: 'OrganizationMembership',
      ...rest,
      user: { id: userId },
      organization: { id: organizationId },
    };
  }
  const application: ModelApplication | undefined = model.applications.get(id);
  if (application) return { __typename: 'Application', ...application };
  const endpoint = model.endpoints.get(id);
  if (endpoint) return { __typename: 'WebhookEndpoint', ...endpoint };
  const grant = model.grants.get(id);
  if (!grant) return null;
  const { userId, applicationId, ...rest } = grant;
  return { __typename: 'AuthorizedApplication', ...rest, user: { id: userId }, application: { id: applicationId } };
}

function userNode(model: Model, user: ModelUser): unknown {
  const grants = [...model.grants.values()].filter(({ userId }) => userId === user.id).sort(byId);
  const memberships = [...model.memberships.values()].filter(({ userId }) => userId === user.id).sort(byId);
  return {
    __typename: 'User',
    ...user,
    authorizedApplications: {
      totalCount: grants.length,
      nodes: grants.map(({ id, grantedScopes, applicationId }) => ({
        id,
        grantedScopes,
        application: { id: applicationId },
      })),
    },
    organizationMemberships: {
      totalCount: memberships.length,
      nodes: memberships.map(({ id, roles, status, organizationId }) => ({
        id,
        roles,
        status,
        organization: { id: organizationId },
      })),
    },
  };
}
