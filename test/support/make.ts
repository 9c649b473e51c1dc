import type { Execute } from './test-app.js';

/** Makes objects through the graph, as users do; each answers the id, or throws what was refused. */
export async function makeUser(execute: Execute, input: Record<string, unknown> & { email: string }): Promise<string> {
  const mutation = `mutation ($input: CreateUserInput!) {
    createUser(input: $input) { user { id } errors { ... on MutationError { code message } } }
  }`;
  const answer = await execute(mutation, { input });
  return idOf(answer, answer.data?.createUser?.user);
}

export async function makeOrganization(execute: Execute, input: Record<string, unknown> & { name: string }) {
  const mutation = `mutation ($input: CreateOrganizationInput!) {
    createOrganization(input: $input) { organization { id } errors { ... on MutationError { code } } }
  }`;
  const answer = await execute(mutation, { input });
  return idOf(answer, answer.data?.createOrganization?.organization);
}

export async function makeMembership(execute: Execute, userId: string, organizationId: string) {
  const mutation = `mutation ($input: CreateOrganizationMembershipInput!) {
    createOrganizationMembership(input: $input) { membership { id } errors { ... on MutationError { code } } }
  }`;
  const answer = await execute(mutation, { input: { userId, organizationId } });
  return idOf(answer, answer.data?.createOrganizationMembership?.membership);
}

export async function makeApplication(execute: Execute, input: Record<string, unknown> & { name: string }) {
  const mutation = `mutation ($input: CreateApplicationInput!) {
    createApplication(input: $input) { application { id clientId } errors { ... on MutationError { code } } }
  }`;
  const answer = await execute(mutation, { input });
  return idOf(answer, answer.data?.createApplication?.application);
}

export async function makeGrant(execute: Execute, userId: string, applicationId: string, scopes = ['openid']) {
  const mutation = `mutation ($input: AuthorizeApplicationInput!) {
    authorizeApplication(input: $input) { authorizedApplication { id } errors { ... on MutationError { code } } }
  }`;
  const answer = await execute(mutation, { input: { userId, applicationId, scopes } });
  return idOf(answer, answer.data?.authorizeApplication?.authorizedApplication);
}

function idOf(answer: object, made: { id: string } | null | undefined): string {
  if (made) return made.id;
  throw new Error(`Nothing was made: ${JSON.stringify(answer)}`);
}
