/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The ways in which an application can get access. */
export type ApplicationKind =
  /** It acts on its own behalf, for an organization (machine to machine). */
  | 'M2M'
  /** Users grant it access through OAuth. */
  | 'OAUTH';

/** Input for authorizeApplication. */
export type AuthorizeApplicationInput = {
  /** The ID or the client ID of the application. */
  applicationId: string | number;
  /** The resource indicator (RFC 8707), if one was requested. */
  resource?: string | null | undefined;
  /** The scopes that the user grants. */
  scopes: Array<string>;
  /** The ID of the user who consented. */
  userId: string | number;
};

/** Input for createApplication. */
export type CreateApplicationInput = {
  /** The description of the application. */
  description?: string | null | undefined;
  /** A key that makes it safe to retry: for 24 hours, the same key with the same input returns the first result again. 1 to 255 visible ASCII characters. */
  idempotencyKey?: string | null | undefined;
  /** Whether it is a first-party application. For OAUTH applications only. */
  isFirstParty?: boolean | null | undefined;
  /** How the application gets access. */
  kind?: ApplicationKind;
  /** The name that users see on the consent screen. */
  name: string;
  /** The ID of the organization that owns it. Required for M2M and third-party applications. */
  organizationId?: string | number | null | undefined;
  /** The allowed redirect URIs. The first one is the default. */
  redirectUris?: Array<string>;
  /** The scopes that the application can request. */
  scopes?: Array<string>;
  /** Whether the application uses PKCE. For OAUTH applications only. */
  usesPkce?: boolean | null | undefined;
};

/** Input for createOrganization. */
export type CreateOrganizationInput = {
  /** The ID of the organization in your own system. It must be unique among the organizations of the environment. */
  externalId?: string | null | undefined;
  /** A key that makes it safe to retry: for 24 hours, the same key with the same input returns the first result again. 1 to 255 visible ASCII characters. */
  idempotencyKey?: string | null | undefined;
  /** Arbitrary strings that you store with the organization. */
  metadata?: Record<string, string | null> | null | undefined;
  /** The name of the organization. It need not be unique. */
  name: string;
};

/** Input for createOrganizationMembership. */
export type CreateOrganizationMembershipInput = {
  /** The ID of the organization. */
  organizationId: string | number;
  /** The slugs of the roles. */
  roles?: Array<string>;
  /** The ID of the user. */
  userId: string | number;
};

/** Input for createUser. */
export type CreateUserInput = {
  /** The email address. It must be unique in the environment, ignoring case and the spelling of the domain. */
  email: string;
  /** Whether the email address is verified. */
  emailVerified?: boolean | null | undefined;
  /** The ID of the user in your own system. It must be unique among the users of the environment. */
  externalId?: string | null | undefined;
  /** The first name. */
  firstName?: string | null | undefined;
  /** A key that makes it safe to retry: for 24 hours, the same key with the same input returns the first result again. 1 to 255 visible ASCII characters. Not allowed in a row of createUsers. */
  idempotencyKey?: string | null | undefined;
  /** The last name. */
  lastName?: string | null | undefined;
  /** Arbitrary strings that you store with the user. */
  metadata?: Record<string, string | null> | null | undefined;
  /** The full name. It is not derived from the first and last name. */
  name?: string | null | undefined;
  /** The password: at least 10 characters and not easy to guess. The server stores its argon2id hash. */
  password?: string | null | undefined;
  /** The password hash from another system, instead of the password. At most 512 characters. */
  passwordHash?: string | null | undefined;
  /** The format of passwordHash. Required if passwordHash is given. */
  passwordHashType?: PasswordHashType | null | undefined;
  /** The position of the salt in an SSHA256 hash. Defaults to SUFFIX. */
  passwordSaltPosition?: PasswordSaltPosition | null | undefined;
};

/** A stable, machine-readable error code. Compare the code and not the message. New values may be added. */
export type ErrorCode =
  /** The URL does not use https or its address is not public. WEBHOOK_NETWORKS permits further networks. */
  | 'ADDRESS_REFUSED'
  /** The user is already a member of the organization. */
  | 'ALREADY_MEMBER'
  /** The user has not granted this application access. */
  | 'AUTHORIZED_APPLICATION_NOT_FOUND'
  /** A pending membership can be deleted, but not deactivated. */
  | 'CANNOT_DEACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP'
  /** A pending membership cannot be reactivated. */
  | 'CANNOT_REACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP'
  /** The daily limit of mails is reached. Wait for the number of seconds in retryAfterSeconds. */
  | 'DAILY_QUOTA_EXCEEDED'
  /** Another webhook endpoint of the environment has this URL. */
  | 'DUPLICATE_ENDPOINT'
  /** The user's email address is already verified. */
  | 'EMAIL_ALREADY_VERIFIED'
  /** The user already has this email address. Letter case and the spelling of the domain do not matter. */
  | 'EMAIL_CHANGE_NOT_NEEDED'
  /** Another user of the environment has this email address. Letter case and the spelling of the domain do not matter. */
  | 'EMAIL_NOT_AVAILABLE'
  /** Another object of the same kind in the environment has this external ID. */
  | 'EXTERNAL_ID_ALREADY_USED'
  /** The idempotency key was already used with different input, or for another mutation. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** The email address or the password is incorrect. */
  | 'INVALID_CREDENTIALS'
  /** The text is not an email address, or its domain cannot receive mail. */
  | 'INVALID_EMAIL'
  /** The external ID is empty, too long or not ASCII. */
  | 'INVALID_EXTERNAL_ID'
  /** A value is invalid, and no more specific code applies. */
  | 'INVALID_INPUT'
  /** The text is not a BCP 47 language tag. */
  | 'INVALID_LOCALE'
  /** The metadata exceeds a limit or contains a value that is not a string. */
  | 'INVALID_METADATA'
  /** The hash does not have the format of its type, or its parameters are out of range. */
  | 'INVALID_PASSWORD_HASH'
  /** The refresh token is malformed or was already used, or its session has ended. */
  | 'INVALID_REFRESH_TOKEN'
  /** Another object uses the object, or too many objects depend on it to be deleted by one call. */
  | 'IN_USE'
  /** An object that the input refers to does not exist. */
  | 'NOT_FOUND'
  /** The user has no pending change of the email address. */
  | 'NO_PENDING_EMAIL_CHANGE'
  /** The input has both a password and a password hash or hash type. */
  | 'PASSWORD_AND_HASH_GIVEN'
  /** The password is longer than the server accepts. */
  | 'PASSWORD_TOO_LONG'
  /** The password has fewer characters than the password policy requires. */
  | 'PASSWORD_TOO_SHORT'
  /** The password is too easy to guess. */
  | 'PASSWORD_TOO_WEAK'
  /** The caller lacks a scope that it wants to grant, or the operator did not grant it to the user. */
  | 'SCOPE_NOT_GRANTED'
  /** There were too many attempts. Wait for the number of seconds in retryAfterSeconds. */
  | 'TOO_MANY_REQUESTS'
  /** No user has this ID in the environment. */
  | 'USER_NOT_FOUND'
  /** The code is correct but has already been used. */
  | 'VERIFICATION_CODE_ALREADY_USED'
  /** The code is correct but has expired. */
  | 'VERIFICATION_CODE_EXPIRED'
  /** The code is not the latest one sent to the user's email address. */
  | 'VERIFICATION_CODE_INCORRECT'
  /** The current version of the user differs from expectedVersion. */
  | 'VERSION_CONFLICT';

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

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const MakeUserDocument = new TypedDocumentString(`
    mutation MakeUser($input: CreateUserInput!) {
  createUser(input: $input) {
    user {
      id
    }
    errors {
      ... on MutationError {
        code
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MakeUserMutation, MakeUserMutationVariables>;
export const MakeOrganizationDocument = new TypedDocumentString(`
    mutation MakeOrganization($input: CreateOrganizationInput!) {
  createOrganization(input: $input) {
    organization {
      id
    }
    errors {
      ... on MutationError {
        code
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MakeOrganizationMutation, MakeOrganizationMutationVariables>;
export const MakeMembershipDocument = new TypedDocumentString(`
    mutation MakeMembership($input: CreateOrganizationMembershipInput!) {
  createOrganizationMembership(input: $input) {
    membership {
      id
    }
    errors {
      ... on MutationError {
        code
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MakeMembershipMutation, MakeMembershipMutationVariables>;
export const MakeApplicationDocument = new TypedDocumentString(`
    mutation MakeApplication($input: CreateApplicationInput!) {
  createApplication(input: $input) {
    application {
      id
    }
    errors {
      ... on MutationError {
        code
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MakeApplicationMutation, MakeApplicationMutationVariables>;
export const MakeGrantDocument = new TypedDocumentString(`
    mutation MakeGrant($input: AuthorizeApplicationInput!) {
  authorizeApplication(input: $input) {
    authorizedApplication {
      id
    }
    errors {
      ... on MutationError {
        code
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MakeGrantMutation, MakeGrantMutationVariables>;