/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Input for deleteAuthorizedApplication. */
export type DeleteAuthorizedApplicationInput = {
  /** The ID or the client ID of the application, or the ID of the grant. */
  applicationId: string | number;
  /** The ID of the user. */
  userId: string | number;
};

/** The formats of password hashes that can be imported. */
export type PasswordHashType =
  /** Argon2id, argon2i or argon2d as a PHC string: $argon2id$v=19$m=19456,t=2,p=1$salt$hash. */
  | 'ARGON2'
  /** bcrypt: $2a$, $2b$ or $2y$, cost, salt and hash. */
  | 'BCRYPT'
  /** Firebase's scrypt, with the project's parameters: $firebase-scrypt$r=8,m=14,sk=…,ss=…$salt$hash. */
  | 'FIREBASE_SCRYPT'
  /** PBKDF2 as a PHC string or in the format of passlib: $pbkdf2-sha256$i=29000$salt$hash; also sha1 and sha512. */
  | 'PBKDF2'
  /** scrypt as a PHC string: $scrypt$ln=15,r=8,p=1$salt$hash. */
  | 'SCRYPT'
  /** Salted SHA-1 of an LDAP directory: {SSHA} and base64 of hash and salt. */
  | 'SSHA'
  /** Salted SHA-256 of an LDAP directory: {SSHA256} and base64 of hash and salt. */
  | 'SSHA256';

/** The position of the salt relative to the password in the hashed bytes. */
export type PasswordSaltPosition =
  /** The salt precedes the password. */
  | 'PREFIX'
  /** The salt follows the password, as in LDAP directories. */
  | 'SUFFIX';

/** Input for updateUser. Omitted fields keep their values, and null clears optional fields. */
export type UpdateUserInput = {
  /** The new email address. It is unverified unless emailVerified is also given. */
  email?: string | null | undefined;
  /** Whether the email address is verified. */
  emailVerified?: boolean | null | undefined;
  /** Rejects the update with VERSION_CONFLICT if the user is at another version. */
  expectedVersion?: number | null | undefined;
  /** The ID of the user in your own system. Null removes it. */
  externalId?: string | null | undefined;
  /** The first name. */
  firstName?: string | null | undefined;
  /** The ID of the user. */
  id: string | number;
  /** The last name. */
  lastName?: string | null | undefined;
  /** The locale as a BCP 47 language tag, e.g. en-US. Spellings such as en_US and en-us are normalized. */
  locale?: string | null | undefined;
  /** Metadata to merge into the existing metadata. A null value removes its key; {} or null removes all keys. */
  metadata?: Record<string, string | null> | null | undefined;
  /** The full name. It is not derived from the first and last name. */
  name?: string | null | undefined;
  /** The new password, with the same rules as in createUser. */
  password?: string | null | undefined;
  /** The hash of the new password from another system, instead of the password. */
  passwordHash?: string | null | undefined;
  /** The format of passwordHash. Required if passwordHash is given. */
  passwordHashType?: PasswordHashType | null | undefined;
  /** The position of the salt in an SSHA256 hash. Defaults to SUFFIX. */
  passwordSaltPosition?: PasswordSaltPosition | null | undefined;
};

export type UsersQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type UsersQuery = { users: { edges: Array<{ cursor: string, node: { id: string, email: string, firstName: string | null } }>, pageInfo: { endCursor: string | null, hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null } } };

export type UserQueryVariables = Exact<{
  id: string | number;
}>;


export type UserQuery = { user: { id: string, email: string, firstName: string | null, authorizedApplications: { nodes: Array<{ id: string, application: { id: string, name: string } }> } } | null };

export type UpdateUserMutationVariables = Exact<{
  input: UpdateUserInput;
}>;


export type UpdateUserMutation = { updateUser: { user: { id: string, email: string, firstName: string | null } | null, errors: Array<
      | { __typename: 'EmailNotAvailableError', message: string, path: Array<string> | null }
      | { __typename: 'ExternalIdTakenError', message: string, path: Array<string> | null }
      | { __typename: 'InvalidInputError', message: string, path: Array<string> | null }
      | { __typename: 'PasswordError', message: string, path: Array<string> | null }
      | { __typename: 'UserNotFoundError', message: string, path: Array<string> | null }
      | { __typename: 'VersionConflictError', message: string, path: Array<string> | null }
    > } };

export type RevokeApplicationMutationVariables = Exact<{
  input: DeleteAuthorizedApplicationInput;
}>;


export type RevokeApplicationMutation = { deleteAuthorizedApplication: { deletedAuthorizedApplicationId: string | null, errors: Array<
      | { __typename: 'AuthorizedApplicationNotFoundError', message: string, path: Array<string> | null }
      | { __typename: 'UserNotFoundError', message: string, path: Array<string> | null }
    > } };


export const UsersDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Users"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"users"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"EMAIL"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"ASC"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"firstName"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"endCursor"}},{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}}]}}]}}]}}]} as unknown as DocumentNode<UsersQuery, UsersQueryVariables>;
export const UserDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"User"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"user"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"firstName"}},{"kind":"Field","name":{"kind":"Name","value":"authorizedApplications"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"application"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<UserQuery, UserQueryVariables>;
export const UpdateUserDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpdateUser"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateUserInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateUser"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"firstName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]}}]} as unknown as DocumentNode<UpdateUserMutation, UpdateUserMutationVariables>;
export const RevokeApplicationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RevokeApplication"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteAuthorizedApplicationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteAuthorizedApplication"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deletedAuthorizedApplicationId"}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]}}]} as unknown as DocumentNode<RevokeApplicationMutation, RevokeApplicationMutationVariables>;