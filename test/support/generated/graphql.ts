/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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
  /** Address; unique in the environment, whatever the letter case and the spelling of its domain. */
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

/** Stable machine code of an expected failure. Compare this, not the message. More may come. */
export type ErrorCode =
  /** Nothing is sent to this address: it is not public, or not by https; WEBHOOK_NETWORKS opens others. */
  | 'ADDRESS_REFUSED'
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
  /** Another webhook endpoint of the environment has this address. */
  | 'DUPLICATE_ENDPOINT'
  /** The address of the user is verified already. */
  | 'EMAIL_ALREADY_VERIFIED'
  /** The user has this address already, in whatever letter case and spelling of its domain. */
  | 'EMAIL_CHANGE_NOT_NEEDED'
  /** Another user of the environment has this address, in whatever letter case and spelling of its domain. */
  | 'EMAIL_NOT_AVAILABLE'
  /** Another object of the same kind in the environment has this external id. */
  | 'EXTERNAL_ID_ALREADY_USED'
  /** The idempotency key was used before with other input, or for another mutation. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** Address and password do not belong together. */
  | 'INVALID_CREDENTIALS'
  /** The text is not an email address, or its domain is none that mail arrives at. */
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