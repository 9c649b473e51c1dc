import type { Execute } from '../test-app.js';

const CREATE = `mutation ($input: CreateUserInput!) {
  createUser(input: $input) {
    user { id email emailVerified firstName name externalId metadata version createdAt updatedAt }
    errors { __typename ... on MutationError { code path } ... on PasswordError { minimumLength suggestions } }
  }
}`;

const UPDATE = `mutation ($input: UpdateUserInput!) {
  updateUser(input: $input) {
    user { id email emailVerified firstName name externalId locale metadata version updatedAt }
    errors { ... on MutationError { code path } }
  }
}`;

export async function create(execute: Execute, input: Record<string, unknown>) {
  return (await execute(CREATE, { input })).data.createUser;
}

export async function update(execute: Execute, input: Record<string, unknown>) {
  return (await execute(UPDATE, { input })).data.updateUser;
}

export function codes(payload: { errors: readonly { code: string; path: readonly string[] | null }[] }): string[] {
  return payload.errors.map(({ code, path }) => `${code}@${path?.join('.') ?? ''}`).sort();
}
