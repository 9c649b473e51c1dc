/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  mutation MakeUser($input: CreateUserInput!) {\n    createUser(input: $input) {\n      user { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n": typeof types.MakeUserDocument,
    "\n  mutation MakeOrganization($input: CreateOrganizationInput!) {\n    createOrganization(input: $input) {\n      organization { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n": typeof types.MakeOrganizationDocument,
    "\n  mutation MakeMembership($input: CreateOrganizationMembershipInput!) {\n    createOrganizationMembership(input: $input) {\n      membership { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n": typeof types.MakeMembershipDocument,
    "\n  mutation MakeApplication($input: CreateApplicationInput!) {\n    createApplication(input: $input) {\n      application { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n": typeof types.MakeApplicationDocument,
    "\n  mutation MakeGrant($input: AuthorizeApplicationInput!) {\n    authorizeApplication(input: $input) {\n      authorizedApplication { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n": typeof types.MakeGrantDocument,
};
const documents: Documents = {
    "\n  mutation MakeUser($input: CreateUserInput!) {\n    createUser(input: $input) {\n      user { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n": types.MakeUserDocument,
    "\n  mutation MakeOrganization($input: CreateOrganizationInput!) {\n    createOrganization(input: $input) {\n      organization { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n": types.MakeOrganizationDocument,
    "\n  mutation MakeMembership($input: CreateOrganizationMembershipInput!) {\n    createOrganizationMembership(input: $input) {\n      membership { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n": types.MakeMembershipDocument,
    "\n  mutation MakeApplication($input: CreateApplicationInput!) {\n    createApplication(input: $input) {\n      application { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n": types.MakeApplicationDocument,
    "\n  mutation MakeGrant($input: AuthorizeApplicationInput!) {\n    authorizeApplication(input: $input) {\n      authorizedApplication { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n": types.MakeGrantDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MakeUser($input: CreateUserInput!) {\n    createUser(input: $input) {\n      user { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n"): typeof import('./graphql.js').MakeUserDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MakeOrganization($input: CreateOrganizationInput!) {\n    createOrganization(input: $input) {\n      organization { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n"): typeof import('./graphql.js').MakeOrganizationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MakeMembership($input: CreateOrganizationMembershipInput!) {\n    createOrganizationMembership(input: $input) {\n      membership { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n"): typeof import('./graphql.js').MakeMembershipDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MakeApplication($input: CreateApplicationInput!) {\n    createApplication(input: $input) {\n      application { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n"): typeof import('./graphql.js').MakeApplicationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MakeGrant($input: AuthorizeApplicationInput!) {\n    authorizeApplication(input: $input) {\n      authorizedApplication { id }\n      errors { ... on MutationError { code } }\n    }\n  }\n"): typeof import('./graphql.js').MakeGrantDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
