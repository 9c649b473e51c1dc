import { expect } from 'vitest';
import type { Execute, TestApp } from '../test-app.js';

export const ERRORS = 'errors { __typename ... on MutationError { code path } }';
export const USER = 'id email firstName externalId metadata version createdAt updatedAt';
const ROW_ERRORS =
  'errors { __typename ... on MutationError { code message path } ... on PasswordError { minimumLength suggestions } ... on EmailNotAvailableError { email } }';

/** The mutations that take a key: how they are asked, what they are given, and another input. */
export const MUTATIONS = {
  createUser: {
    type: 'CreateUserInput',
    selection: `user { ${USER} }`,
    input: { email: 'a@example.com', metadata: { a: '1', b: '2' } },
    other: { email: 'A@example.com', metadata: { a: '1', b: '2' } },
  },
  createUsers: {
    type: 'CreateUsersInput',
    selection: `createdCount failedCount results { user { ${USER} } ${ROW_ERRORS} }`,
    input: { users: [{ email: 'a@example.com' }, { email: 'A@example.com', password: 'short' }] },
    other: { users: [{ email: 'A@example.com', password: 'short' }, { email: 'a@example.com' }] },
  },
  createOrganization: {
    type: 'CreateOrganizationInput',
    selection: 'organization { id name createdAt }',
    input: { name: 'Org' },
    other: { name: 'Org ' },
  },
  createApplication: {
    type: 'CreateApplicationInput',
    selection: 'application { id clientId name scopes createdAt }',
    input: { name: 'App', scopes: ['a', 'b'] },
    other: { name: 'App', scopes: ['b', 'a'] },
  },
} as const;

export type Mutation = keyof typeof MUTATIONS;

export function documentOf(mutation: Mutation): string {
  const { type, selection } = MUTATIONS[mutation];
  return `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} ${ERRORS} } }`;
}

export async function call(execute: Execute, mutation: Mutation, input: object) {
  const { data, errors } = await execute(documentOf(mutation), { input });
  expect(errors).toBeUndefined();
  return data[mutation];
}

export function refusal(mutation: Mutation, code: string, ...more: object[]) {
  const nothing =
    mutation === 'createUsers'
      ? { createdCount: null, failedCount: null, results: null }
      : { [mutation.replace('create', '').toLowerCase()]: null };
  const error = {
    __typename: code === 'INVALID_INPUT' ? 'InvalidInputError' : 'IdempotencyError',
    code,
    path: ['idempotencyKey'],
  };
  return { ...nothing, errors: [...more, error] };
}

/** How many rows each table has. */
export async function counts({ app }: TestApp): Promise<number[]> {
  const { reader } = app.db;
  const count = async (table: 'users' | 'organizations' | 'applications' | 'idempotency_keys') =>
    (await reader.selectFrom(table).selectAll().execute()).length;
  // The key that asks is in the log too.
  const events = await reader.selectFrom('events').selectAll().where('name', '!=', 'api_key.created').execute();
  const [users, organizations, applications] = [count('users'), count('organizations'), count('applications')];
  return Promise.all([users, organizations, applications, events.length, count('idempotency_keys')]);
}
