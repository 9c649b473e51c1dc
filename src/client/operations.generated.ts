/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
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

/** Comparison of an instant. All given bounds must hold. */
export type DateTimeFilter = {
  /** Later than this. */
  gt?: string | null | undefined;
  /** At this instant or later. */
  gte?: string | null | undefined;
  /** Earlier than this. */
  lt?: string | null | undefined;
  /** At this instant or earlier. */
  lte?: string | null | undefined;
};

/** Which grant to take back. */
export type DeleteAuthorizedApplicationInput = {
  /** Application id, client id, or the id of the grant. */
  applicationId: string | number;
  /** Whose grant. */
  userId: string | number;
};

/** Which user to delete. */
export type DeleteUserInput = {
  /** Refuses the deletion when the user is at another version. */
  expectedVersion?: number | null | undefined;
  /** Id of the user. */
  id: string | number;
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

/** Comparison of an id. */
export type IdFilter = {
  /** Exactly this id. */
  eq?: string | number | null | undefined;
  /** One of these ids; none of an empty list. */
  in?: Array<string | number> | null | undefined;
};

/** Comparison of one metadata value. Keys and values are compared as they are; all given must hold. */
export type MetadataFilter = {
  /** The value is exactly this. */
  eq?: string | null | undefined;
  /** Whether the key is there. */
  exists?: boolean | null | undefined;
  /** The value is one of these. */
  in?: Array<string> | null | undefined;
  /** The key. */
  key: string;
};

/** Comparison of an instant that may be missing. All given must hold; no bound holds for a missing one. */
export type NullableDateTimeFilter = {
  /** Later than this. */
  gt?: string | null | undefined;
  /** At this instant or later. */
  gte?: string | null | undefined;
  /** Whether there is none. */
  isNull?: boolean | null | undefined;
  /** Earlier than this. */
  lt?: string | null | undefined;
  /** At this instant or earlier. */
  lte?: string | null | undefined;
};

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

/** Whom to write to. */
export type SendVerificationEmailInput = {
  /** Id of the user. */
  userId: string | number;
};

/** Comparison of a text; letter case is ignored where the field does not say otherwise. All given must hold. */
export type StringFilter = {
  /** The text has this somewhere in it. */
  contains?: string | null | undefined;
  /** Exactly this text. */
  eq?: string | null | undefined;
  /** One of these texts; none of an empty list. */
  in?: Array<string> | null | undefined;
  /** Whether there is no text. */
  isNull?: boolean | null | undefined;
  /** Anything but this text; having none too. */
  neq?: string | null | undefined;
  /** The text begins so. */
  startsWith?: string | null | undefined;
};

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
  /** BCP 47 language tag, e.g. en-US; en_US and en-us are taken for it. */
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

/** Conditions on users. All given ones must hold; one that is null or left out does not count. */
export type UserFilter = {
  /** All of these hold. */
  and?: Array<UserFilter> | null | undefined;
  /** When the user was created. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The address; `eq` and `in` in any spelling of its domain, parts in Unicode. */
  email?: StringFilter | null | undefined;
  /** What follows the @ of the address, in any spelling; parts in Unicode. */
  emailDomain?: StringFilter | null | undefined;
  /** Whether the address is verified. */
  emailVerified?: boolean | null | undefined;
  /** Id in your own system; letter case counts. */
  externalId?: StringFilter | null | undefined;
  /** Given name. */
  firstName?: StringFilter | null | undefined;
  /** The id. */
  id?: IdFilter | null | undefined;
  /** Family name. */
  lastName?: StringFilter | null | undefined;
  /** When they last signed in. */
  lastSignInAt?: NullableDateTimeFilter | null | undefined;
  /** Metadata values; all of these hold. */
  metadata?: Array<MetadataFilter> | null | undefined;
  /** Full name. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: UserFilter | null | undefined;
  /** One of these holds; of none of them, none does. */
  or?: Array<UserFilter> | null | undefined;
  /** An organization the user is a member of, whatever the status of the membership. */
  organizationId?: IdFilter | null | undefined;
  /** When something about the user last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** What a user read in the mail. */
export type VerifyEmailInput = {
  /** The six digits of the newest mail; blanks, hyphens and the script of the digits do not matter. */
  code: string;
  /** Id of the user. */
  userId: string | number;
};

export type GetUserQueryVariables = Exact<{
  id: string | number;
}>;


export type GetUserQuery = { user: { id: string, email: string, emailVerified: boolean, firstName: string | null, lastName: string | null, name: string | null, locale: string | null, externalId: string | null, metadata: Record<string, string | null>, version: number, lastSignInAt: string | null, createdAt: string, updatedAt: string } | null };

export type GetUserByEmailQueryVariables = Exact<{
  email: string;
}>;


export type GetUserByEmailQuery = { userByEmail: { id: string, email: string, emailVerified: boolean, firstName: string | null, lastName: string | null, name: string | null, locale: string | null, externalId: string | null, metadata: Record<string, string | null>, version: number, lastSignInAt: string | null, createdAt: string, updatedAt: string } | null };

export type ListUsersQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: UserFilter | null | undefined;
  search?: string | null | undefined;
}>;


export type ListUsersQuery = { users: { nodes: Array<{ id: string, email: string, emailVerified: boolean, firstName: string | null, lastName: string | null, name: string | null, externalId: string | null, metadata: Record<string, string | null>, createdAt: string, updatedAt: string }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } };

export type CreateUserMutationVariables = Exact<{
  input: CreateUserInput;
}>;


export type CreateUserMutation = { createUser: { user: { id: string, email: string, version: number } | null, errors: Array<
      | { __typename: 'EmailNotAvailableError', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'ExternalIdTakenError', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'IdempotencyError', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'InvalidInputError', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'PasswordError', code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type UpdateUserMutationVariables = Exact<{
  input: UpdateUserInput;
}>;


export type UpdateUserMutation = { updateUser: { user: { id: string, email: string, version: number } | null, errors: Array<
      | { __typename: 'EmailNotAvailableError', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'ExternalIdTakenError', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'InvalidInputError', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'PasswordError', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'UserNotFoundError', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'VersionConflictError', code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type DeleteUserMutationVariables = Exact<{
  input: DeleteUserInput;
}>;


export type DeleteUserMutation = { deleteUser: { deletedUserId: string | null, errors: Array<
      | { __typename: 'UserNotFoundError', code: ErrorCode, message: string, path: Array<string> | null }
      | { __typename: 'VersionConflictError', code: ErrorCode, message: string, path: Array<string> | null }
    > } };

export type SendVerificationEmailMutationVariables = Exact<{
  input: SendVerificationEmailInput;
}>;


export type SendVerificationEmailMutation = { sendVerificationEmail: { emailVerification: { id: string, expiresAt: string } | null, errors: Array<
      | { __typename: 'EmailAlreadyVerifiedError', code: ErrorCode, message: string }
      | { __typename: 'RateLimitedError', code: ErrorCode, message: string, retryAfterSeconds: number }
      | { __typename: 'UserNotFoundError', code: ErrorCode, message: string }
    > } };

export type VerifyEmailMutationVariables = Exact<{
  input: VerifyEmailInput;
}>;


export type VerifyEmailMutation = { verifyEmail: { user: { id: string, emailVerified: boolean } | null, errors: Array<
      | { __typename: 'EmailAlreadyVerifiedError', code: ErrorCode, message: string }
      | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
      | { __typename: 'RateLimitedError', code: ErrorCode, message: string }
      | { __typename: 'UserNotFoundError', code: ErrorCode, message: string }
      | { __typename: 'VerificationCodeError', code: ErrorCode, message: string }
    > } };

export type DeleteAuthorizedApplicationMutationVariables = Exact<{
  input: DeleteAuthorizedApplicationInput;
}>;


export type DeleteAuthorizedApplicationMutation = { deleteAuthorizedApplication: { deletedAuthorizedApplicationId: string | null, errors: Array<
      | { __typename: 'AuthorizedApplicationNotFoundError', code: ErrorCode, message: string }
      | { __typename: 'UserNotFoundError', code: ErrorCode, message: string }
    > } };

export type ListEventsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ListEventsQuery = { events: { nodes: Array<
      | { __typename: 'ApiKeyEvent', id: string, name: string, createdAt: string }
      | { __typename: 'ApplicationEvent', id: string, name: string, createdAt: string }
      | { __typename: 'AuthenticationEvent', id: string, name: string, createdAt: string }
      | { __typename: 'AuthorizedApplicationEvent', id: string, name: string, createdAt: string }
      | { __typename: 'EmailVerificationCreatedEvent', id: string, name: string, createdAt: string }
      | { __typename: 'EnvironmentEvent', id: string, name: string, createdAt: string }
      | { __typename: 'IssuerEvent', id: string, name: string, createdAt: string }
      | { __typename: 'OrganizationEvent', id: string, name: string, createdAt: string }
      | { __typename: 'OrganizationMembershipEvent', id: string, name: string, createdAt: string }
      | { __typename: 'SessionEvent', id: string, name: string, createdAt: string }
      | { __typename: 'SigningKeyEvent', id: string, name: string, createdAt: string }
      | { __typename: 'StaffGrantEvent', id: string, name: string, createdAt: string }
      | { __typename: 'UserCreatedEvent', id: string, name: string, createdAt: string }
      | { __typename: 'UserDeletedEvent', id: string, name: string, createdAt: string }
      | { __typename: 'UserUpdatedEvent', id: string, name: string, createdAt: string }
      | { __typename: 'WebhookEndpointEvent', id: string, name: string, createdAt: string }
    >, pageInfo: { endCursor: string | null, hasNextPage: boolean } } };
