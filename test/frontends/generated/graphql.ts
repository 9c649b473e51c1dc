/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** How an application gets access. */
export type ApplicationKind =
  /** Acts for itself, in the name of an organization. */
  | 'M2M'
  /** Asks users for access. */
  | 'OAUTH';

/** What a user consented to. */
export type AuthorizeApplicationInput = {
  /** Application id or client id. */
  applicationId: string | number;
  /** Resource indicator (RFC 8707), if one was asked for. */
  resource?: string | null | undefined;
  /** What the application may do. */
  scopes: Array<string>;
  /** Who consented. */
  userId: string | number;
};

/** A new application. */
export type CreateApplicationInput = {
  /** What the application does. */
  description?: string | null | undefined;
  /** Makes a repeat safe: the same key with the same input is answered as the first time, for 24 hours. 1 to 255 visible ASCII characters. */
  idempotencyKey?: string | null | undefined;
  /** Whether it is yours. OAUTH only. */
  isFirstParty?: boolean | null | undefined;
  /** How it gets access. */
  kind?: ApplicationKind;
  /** Name that users see when they are asked. */
  name: string;
  /** The organization it belongs to; needed for M2M and third-party ones. */
  organizationId?: string | number | null | undefined;
  /** Where users may be sent back to; the first is the default. */
  redirectUris?: Array<string>;
  /** Scopes it may ask for. */
  scopes?: Array<string>;
  /** Whether it uses PKCE. OAUTH only. */
  usesPkce?: boolean | null | undefined;
};

/** A new organization. */
export type CreateOrganizationInput = {
  /** Id in your own system. */
  externalId?: string | null | undefined;
  /** Makes a repeat safe: the same key with the same input is answered as the first time, for 24 hours. 1 to 255 visible ASCII characters. */
  idempotencyKey?: string | null | undefined;
  /** Your own texts about the organization. */
  metadata?: Record<string, string | null> | null | undefined;
  /** Its name; not unique. */
  name: string;
};

/** A new member of an organization. */
export type CreateOrganizationMembershipInput = {
  /** What they join. */
  organizationId: string | number;
  /** Slugs of their roles. */
  roles?: Array<string>;
  /** Who joins. */
  userId: string | number;
};

/** A new user. */
export type CreateUserInput = {
  /** Address; unique in the environment, letter case ignored. */
  email: string;
  /** Whether the address is known to be theirs. */
  emailVerified?: boolean | null | undefined;
  /** Id in your own system; unique in the environment. */
  externalId?: string | null | undefined;
  /** Given name. */
  firstName?: string | null | undefined;
  /** Makes a repeat safe: the same key with the same input is answered as the first time, for 24 hours. 1 to 255 visible ASCII characters. Not in a row of createUsers. */
  idempotencyKey?: string | null | undefined;
  /** Family name. */
  lastName?: string | null | undefined;
  /** Your own texts about the user. */
  metadata?: Record<string, string | null> | null | undefined;
  /** Full name; not made from the other two. */
  name?: string | null | undefined;
  /** At least 10 characters and not easy to guess; stored as argon2id. */
  password?: string | null | undefined;
  /** Hash of the password from another system, instead of the password; at most 512 characters. */
  passwordHash?: string | null | undefined;
  /** What passwordHash is; given together with it. */
  passwordHashType?: PasswordHashType | null | undefined;
  /** With SSHA256 only: where the salt stood; SUFFIX when left out. */
  passwordSaltPosition?: PasswordSaltPosition | null | undefined;
};

/** Which grant to take back. */
export type DeleteAuthorizedApplicationInput = {
  /** Application id, client id, or the id of the grant. */
  applicationId: string | number;
  /** Whose grant. */
  userId: string | number;
};

/** Stable machine code of an expected failure. Compare this, not the message. More may come. */
export type ErrorCode =
  /** The user is a member of the organization already. */
  | 'ALREADY_MEMBER'
  /** The user has not granted this application access. */
  | 'AUTHORIZED_APPLICATION_NOT_FOUND'
  /** A pending membership is deleted, not deactivated. */
  | 'CANNOT_DEACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP'
  /** A pending membership is not for the server to activate. */
  | 'CANNOT_REACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP'
  /** The mails of a day are used up; retryAfterSeconds says when there are new ones. */
  | 'DAILY_QUOTA_EXCEEDED'
  /** The address of the user is verified already. */
  | 'EMAIL_ALREADY_VERIFIED'
  /** The user has this address already, letter case ignored. */
  | 'EMAIL_CHANGE_NOT_NEEDED'
  /** Another user of the environment has this address, letter case ignored. */
  | 'EMAIL_NOT_AVAILABLE'
  /** Another object of the same kind in the environment has this external id. */
  | 'EXTERNAL_ID_ALREADY_USED'
  /** The idempotency key was used before with other input, or for another mutation. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** Address and password do not belong together. */
  | 'INVALID_CREDENTIALS'
  /** The text is not an email address. */
  | 'INVALID_EMAIL'
  /** The external id is empty, too long or not ASCII. */
  | 'INVALID_EXTERNAL_ID'
  /** A value breaks a rule of its field that has no code of its own. */
  | 'INVALID_INPUT'
  /** The text is not a BCP 47 language tag. */
  | 'INVALID_LOCALE'
  /** The metadata breaks a limit or holds something other than text. */
  | 'INVALID_METADATA'
  /** The hash does not have the form of its type, or its parameters are out of bounds. */
  | 'INVALID_PASSWORD_HASH'
  /** The refresh token is none, was used before, or its session is over. */
  | 'INVALID_REFRESH_TOKEN'
  /** Something else needs it, or more hangs on it than one call removes. */
  | 'IN_USE'
  /** Something named in the input does not exist. */
  | 'NOT_FOUND'
  /** No change of the address waits for its code. */
  | 'NO_PENDING_EMAIL_CHANGE'
  /** A password comes alone: with it stands a hash, or the type of one. */
  | 'PASSWORD_AND_HASH_GIVEN'
  /** The password is longer than the server accepts. */
  | 'PASSWORD_TOO_LONG'
  /** The password has fewer characters than the policy asks for. */
  | 'PASSWORD_TOO_SHORT'
  /** The password is too easy to guess. */
  | 'PASSWORD_TOO_WEAK'
  /** A key gives no scope that it lacks itself; a user has those the operator granted. */
  | 'SCOPE_NOT_GRANTED'
  /** The same thing was tried too often; retryAfterSeconds says when it may be tried again. */
  | 'TOO_MANY_REQUESTS'
  /** No user has this id in the environment. */
  | 'USER_NOT_FOUND'
  /** The code was right and has been used before. */
  | 'VERIFICATION_CODE_ALREADY_USED'
  /** The code was right, but its time is over. */
  | 'VERIFICATION_CODE_EXPIRED'
  /** The code is not the newest one sent to the address of the user. */
  | 'VERIFICATION_CODE_INCORRECT'
  /** The user is no longer at the version the call expected. */
  | 'VERSION_CONFLICT';

/** How a password from another system was hashed. */
export type PasswordHashType =
  /** Argon2id, argon2i or argon2d as a PHC string: $argon2id$v=19$m=19456,t=2,p=1$salt$hash. */
  | 'ARGON2'
  /** bcrypt: $2a$, $2b$ or $2y$, cost, salt and hash. */
  | 'BCRYPT'
  /** Firebase's scrypt, with the project's parameters: $firebase-scrypt$r=8,m=14,sk=…,ss=…$salt$hash. */
  | 'FIREBASE_SCRYPT'
  /** PBKDF2 as a PHC string or as passlib writes it: $pbkdf2-sha256$i=29000$salt$hash; sha1 and sha512 too. */
  | 'PBKDF2'
  /** scrypt as a PHC string: $scrypt$ln=15,r=8,p=1$salt$hash. */
  | 'SCRYPT'
  /** Salted SHA-1 of an LDAP directory: {SSHA} and base64 of hash and salt. */
  | 'SSHA'
  /** Salted SHA-256 of an LDAP directory: {SSHA256} and base64 of hash and salt. */
  | 'SSHA256';

/** Where the salt stood in what was digested. */
export type PasswordSaltPosition =
  /** Salt, then password. */
  | 'PREFIX'
  /** Password, then salt, as LDAP directories do it. */
  | 'SUFFIX';

/** A change of a user. What is left out stays; null clears what can be empty. */
export type UpdateUserInput = {
  /** New address. It is unverified, unless emailVerified is given too. */
  email?: string | null | undefined;
  /** Whether the address is known to be theirs. */
  emailVerified?: boolean | null | undefined;
  /** Refuses the change when the user is at another version. */
  expectedVersion?: number | null | undefined;
  /** Id in your own system; null gives it free. */
  externalId?: string | null | undefined;
  /** Given name. */
  firstName?: string | null | undefined;
  /** Id of the user. */
  id: string | number;
  /** Family name. */
  lastName?: string | null | undefined;
  /** BCP 47 language tag, e.g. en-US. */
  locale?: string | null | undefined;
  /** Merged into what is there: a key set to null goes, others stay; {} or null clears all. */
  metadata?: Record<string, string | null> | null | undefined;
  /** Full name. */
  name?: string | null | undefined;
  /** New password, by the rules of createUser. */
  password?: string | null | undefined;
  /** Hash of the new password from another system, instead of the password. */
  passwordHash?: string | null | undefined;
  /** What passwordHash is; given together with it. */
  passwordHashType?: PasswordHashType | null | undefined;
  /** With SSHA256 only: where the salt stood; SUFFIX when left out. */
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

export type MakeUserMutationVariables = Exact<{
  input: CreateUserInput;
}>;


export type MakeUserMutation = { createUser: { user: { id: string } | null, errors: Array<
      | { code: ErrorCode }
      | { code: ErrorCode }
      | { code: ErrorCode }
      | { code: ErrorCode }
      | { code: ErrorCode }
    > } };

export type MakeOrganizationMutationVariables = Exact<{
  input: CreateOrganizationInput;
}>;


export type MakeOrganizationMutation = { createOrganization: { organization: { id: string } | null, errors: Array<
      | { code: ErrorCode }
      | { code: ErrorCode }
      | { code: ErrorCode }
    > } };

export type MakeMembershipMutationVariables = Exact<{
  input: CreateOrganizationMembershipInput;
}>;


export type MakeMembershipMutation = { createOrganizationMembership: { membership: { id: string } | null, errors: Array<
      | { code: ErrorCode }
      | { code: ErrorCode }
      | { code: ErrorCode }
      | { code: ErrorCode }
    > } };

export type MakeApplicationMutationVariables = Exact<{
  input: CreateApplicationInput;
}>;


export type MakeApplicationMutation = { createApplication: { application: { id: string } | null, errors: Array<
      | { code: ErrorCode }
      | { code: ErrorCode }
      | { code: ErrorCode }
    > } };

export type MakeGrantMutationVariables = Exact<{
  input: AuthorizeApplicationInput;
}>;


export type MakeGrantMutation = { authorizeApplication: { authorizedApplication: { id: string } | null, errors: Array<
      | { code: ErrorCode }
      | { code: ErrorCode }
      | { code: ErrorCode }
    > } };


export const UsersDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Users"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"users"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"EMAIL"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"ASC"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"firstName"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"endCursor"}},{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}}]}}]}}]}}]} as unknown as DocumentNode<UsersQuery, UsersQueryVariables>;
export const UserDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"User"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"user"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"firstName"}},{"kind":"Field","name":{"kind":"Name","value":"authorizedApplications"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"application"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<UserQuery, UserQueryVariables>;
export const UpdateUserDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpdateUser"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateUserInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateUser"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"firstName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]}}]} as unknown as DocumentNode<UpdateUserMutation, UpdateUserMutationVariables>;
export const RevokeApplicationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RevokeApplication"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteAuthorizedApplicationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteAuthorizedApplication"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deletedAuthorizedApplicationId"}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]}}]} as unknown as DocumentNode<RevokeApplicationMutation, RevokeApplicationMutationVariables>;
export const MakeUserDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"MakeUser"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateUserInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createUser"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]}}]}}]}}]} as unknown as DocumentNode<MakeUserMutation, MakeUserMutationVariables>;
export const MakeOrganizationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"MakeOrganization"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateOrganizationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createOrganization"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"organization"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]}}]}}]}}]} as unknown as DocumentNode<MakeOrganizationMutation, MakeOrganizationMutationVariables>;
export const MakeMembershipDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"MakeMembership"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateOrganizationMembershipInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createOrganizationMembership"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"membership"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]}}]}}]}}]} as unknown as DocumentNode<MakeMembershipMutation, MakeMembershipMutationVariables>;
export const MakeApplicationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"MakeApplication"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateApplicationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createApplication"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"application"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]}}]}}]}}]} as unknown as DocumentNode<MakeApplicationMutation, MakeApplicationMutationVariables>;
export const MakeGrantDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"MakeGrant"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"AuthorizeApplicationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"authorizeApplication"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"authorizedApplication"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MutationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]}}]}}]}}]} as unknown as DocumentNode<MakeGrantMutation, MakeGrantMutationVariables>;