import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'vitest';
import type { Execute, TestApp } from '../test-app.js';

const EVENT = `__typename id type name createdAt actor { id name source }
  ... on UserCreatedEvent { snapshot { ...S } user { id } }
  ... on UserUpdatedEvent { snapshot { ...S } user { id } changes { field previous } }
  ... on UserDeletedEvent { snapshot { ...S } }
  ... on EmailVerificationCreatedEvent { userId emailVerificationId email user { id } }
  ... on AuthorizedApplicationEvent { userId applicationId authorizedApplicationId grantedScopes
    user { id } application { id } changes { field previous } }
  ... on OrganizationMembershipEvent { userId organizationId membershipId status roles
    user { id } organization { id } changes { field previous } }
  ... on OrganizationEvent { organizationId organizationName organization { id } changes { field previous } }
  ... on ApplicationEvent { applicationId applicationName application { id } changes { field previous } }`;
const SNAPSHOT = `fragment S on UserSnapshot {
  id email emailVerified firstName lastName name locale externalId metadata version createdAt updatedAt }`;
export const EVENTS_QUERY = `query ($filter: EventFilter, $orderBy: EventOrder, $first: Int, $after: String, $last: Int, $before: String) {
  events(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { ${EVENT} } } nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
} ${SNAPSHOT}`;

export interface Slice {
  readonly filter?: object;
  readonly orderBy?: object;
  readonly first?: number;
  readonly after?: string | null;
  readonly last?: number;
  readonly before?: string | null;
}

export async function list(execute: Execute, slice: Slice = {}) {
  const { data, errors } = await execute(EVENTS_QUERY, { ...slice });
  expect(errors).toBeUndefined();
  return data.events;
}

export const mutate = (execute: Execute, field: string, input: object) =>
  execute(
    `mutation ($input: ${field[0]?.toUpperCase()}${field.slice(1)}Input!) { ${field}(input: $input) { errors { ... on MutationError { code } } } }`,
    { input },
  );

interface Row {
  readonly id: string;
  readonly name: string;
  readonly user_id: string | null;
  readonly organization_id: string | null;
  readonly created_at: string;
}

export function rowsOf({ folder }: TestApp): Row[] {
  const sqlite = new BetterSqlite3(`${folder}/test.db`, { readonly: true });
  try {
    return sqlite.prepare<[], Row>('select * from events order by sequence').all();
  } finally {
    sqlite.close();
  }
}
