import type {
  CreateApplicationInput,
  CreateOrganizationInput,
  CreateUserInput,
  TypedDocumentString,
} from './generated/graphql.js';
import { graphql } from './generated/index.js';
import type { Execute } from './test-app.js';

const CREATE_USER = graphql(`
  mutation MakeUser($input: CreateUserInput!) {
    createUser(input: $input) {
      user { id }
      errors { ... on MutationError { code } }
    }
  }
`);

const CREATE_ORGANIZATION = graphql(`
  mutation MakeOrganization($input: CreateOrganizationInput!) {
    createOrganization(input: $input) {
      organization { id }
      errors { ... on MutationError { code } }
    }
  }
`);

const CREATE_MEMBERSHIP = graphql(`
  mutation MakeMembership($input: CreateOrganizationMembershipInput!) {
    createOrganizationMembership(input: $input) {
      membership { id }
      errors { ... on MutationError { code } }
    }
  }
`);

const CREATE_APPLICATION = graphql(`
  mutation MakeApplication($input: CreateApplicationInput!) {
    createApplication(input: $input) {
      application { id }
      errors { ... on MutationError { code } }
    }
  }
`);

const AUTHORIZE_APPLICATION = graphql(`
  mutation MakeGrant($input: AuthorizeApplicationInput!) {
    authorizeApplication(input: $input) {
      authorizedApplication { id }
      errors { ... on MutationError { code } }
    }
  }
`);

/** Makes objects through the graph, as users do; each answers the id, or throws what was refused. */
export async function makeUser(execute: Execute, input: CreateUserInput): Promise<string> {
  const { createUser } = await run(execute, CREATE_USER, { input });
  return idOf(createUser, createUser.user);
}

export async function makeOrganization(execute: Execute, input: CreateOrganizationInput): Promise<string> {
  const { createOrganization } = await run(execute, CREATE_ORGANIZATION, { input });
  return idOf(createOrganization, createOrganization.organization);
}

export async function makeMembership(
  execute: Execute,
  userId: string,
  organizationId: string,
  roles = ['member'],
): Promise<string> {
  const input = { userId, organizationId, roles };
  const { createOrganizationMembership } = await run(execute, CREATE_MEMBERSHIP, { input });
  return idOf(createOrganizationMembership, createOrganizationMembership.membership);
}

export async function makeApplication(execute: Execute, input: CreateApplicationInput): Promise<string> {
  const { createApplication } = await run(execute, CREATE_APPLICATION, { input });
  return idOf(createApplication, createApplication.application);
}

export async function makeGrant(
  execute: Execute,
  userId: string,
  applicationId: string,
  scopes = ['openid'],
): Promise<string> {
  const { authorizeApplication } = await run(execute, AUTHORIZE_APPLICATION, {
    input: { userId, applicationId, scopes },
  });
  return idOf(authorizeApplication, authorizeApplication.authorizedApplication);
}

async function run<Data, Variables extends Record<string, unknown>>(
  execute: Execute,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { data, errors } = await execute(document.toString(), variables);
  if (errors) throw new Error(`The operation failed: ${JSON.stringify(errors)}`);
  // The document's type says what its data is; `execute` knows no documents.
  return data as Data;
}

function idOf(payload: object, made: { id: string } | null | undefined): string {
  if (made) return made.id;
  throw new Error(`Nothing was made: ${JSON.stringify(payload)}`);
}
