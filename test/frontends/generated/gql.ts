/* eslint-disable */
import * as types from './graphql';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

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
    "\n  query Users($after: String) {\n    users(first: 50, after: $after, orderBy: { field: EMAIL, direction: ASC }) {\n      edges { cursor node { id email firstName } }\n      pageInfo { endCursor hasNextPage hasPreviousPage startCursor }\n    }\n  }\n": typeof types.UsersDocument,
    "\n  query User($id: ID!) {\n    user(id: $id) {\n      id\n      email\n      firstName\n      authorizedApplications(first: 20) {\n        nodes { id application { id name } }\n      }\n    }\n  }\n": typeof types.UserDocument,
    "\n  mutation UpdateUser($input: UpdateUserInput!) {\n    updateUser(input: $input) {\n      user { id email firstName }\n      errors { __typename ... on MutationError { message path } }\n    }\n  }\n": typeof types.UpdateUserDocument,
    "\n  mutation RevokeApplication($input: DeleteAuthorizedApplicationInput!) {\n    deleteAuthorizedApplication(input: $input) {\n      deletedAuthorizedApplicationId\n      errors { __typename ... on MutationError { message path } }\n    }\n  }\n": typeof types.RevokeApplicationDocument,
};
const documents: Documents = {
    "\n  query Users($after: String) {\n    users(first: 50, after: $after, orderBy: { field: EMAIL, direction: ASC }) {\n      edges { cursor node { id email firstName } }\n      pageInfo { endCursor hasNextPage hasPreviousPage startCursor }\n    }\n  }\n": types.UsersDocument,
    "\n  query User($id: ID!) {\n    user(id: $id) {\n      id\n      email\n      firstName\n      authorizedApplications(first: 20) {\n        nodes { id application { id name } }\n      }\n    }\n  }\n": types.UserDocument,
    "\n  mutation UpdateUser($input: UpdateUserInput!) {\n    updateUser(input: $input) {\n      user { id email firstName }\n      errors { __typename ... on MutationError { message path } }\n    }\n  }\n": types.UpdateUserDocument,
    "\n  mutation RevokeApplication($input: DeleteAuthorizedApplicationInput!) {\n    deleteAuthorizedApplication(input: $input) {\n      deletedAuthorizedApplicationId\n      errors { __typename ... on MutationError { message path } }\n    }\n  }\n": types.RevokeApplicationDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Users($after: String) {\n    users(first: 50, after: $after, orderBy: { field: EMAIL, direction: ASC }) {\n      edges { cursor node { id email firstName } }\n      pageInfo { endCursor hasNextPage hasPreviousPage startCursor }\n    }\n  }\n"): (typeof documents)["\n  query Users($after: String) {\n    users(first: 50, after: $after, orderBy: { field: EMAIL, direction: ASC }) {\n      edges { cursor node { id email firstName } }\n      pageInfo { endCursor hasNextPage hasPreviousPage startCursor }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query User($id: ID!) {\n    user(id: $id) {\n      id\n      email\n      firstName\n      authorizedApplications(first: 20) {\n        nodes { id application { id name } }\n      }\n    }\n  }\n"): (typeof documents)["\n  query User($id: ID!) {\n    user(id: $id) {\n      id\n      email\n      firstName\n      authorizedApplications(first: 20) {\n        nodes { id application { id name } }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateUser($input: UpdateUserInput!) {\n    updateUser(input: $input) {\n      user { id email firstName }\n      errors { __typename ... on MutationError { message path } }\n    }\n  }\n"): (typeof documents)["\n  mutation UpdateUser($input: UpdateUserInput!) {\n    updateUser(input: $input) {\n      user { id email firstName }\n      errors { __typename ... on MutationError { message path } }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeApplication($input: DeleteAuthorizedApplicationInput!) {\n    deleteAuthorizedApplication(input: $input) {\n      deletedAuthorizedApplicationId\n      errors { __typename ... on MutationError { message path } }\n    }\n  }\n"): (typeof documents)["\n  mutation RevokeApplication($input: DeleteAuthorizedApplicationInput!) {\n    deleteAuthorizedApplication(input: $input) {\n      deletedAuthorizedApplicationId\n      errors { __typename ... on MutationError { message path } }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;