/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
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

/** Filters by a date and time. All given conditions must match. */
export type DateTimeFilter = {
  /** Matches later dates and times. */
  gt?: string | null | undefined;
  /** Matches this date and time, and later ones. */
  gte?: string | null | undefined;
  /** Matches earlier dates and times. */
  lt?: string | null | undefined;
  /** Matches this date and time, and earlier ones. */
  lte?: string | null | undefined;
};

/** Input for deleteAuthorizedApplication. */
export type DeleteAuthorizedApplicationInput = {
  /** The ID or the client ID of the application, or the ID of the grant. */
  applicationId: string | number;
  /** The ID of the user. */
  userId: string | number;
};

/** Input for deleteUser. */
export type DeleteUserInput = {
  /** Rejects the deletion with VERSION_CONFLICT if the user is at another version. */
  expectedVersion?: number | null | undefined;
  /** The ID of the user. */
  id: string | number;
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

/** Filters by an ID. All given conditions must match. */
export type IdFilter = {
  /** Matches this ID. */
  eq?: string | number | null | undefined;
  /** Matches any of these IDs. An empty list matches nothing. */
  in?: Array<string | number> | null | undefined;
};

/** Filters by the metadata value of a key. Keys and values are case-sensitive. All given conditions must match. */
export type MetadataFilter = {
  /** Matches this value. */
  eq?: string | null | undefined;
  /** If true, matches users that have the key; if false, users that do not. */
  exists?: boolean | null | undefined;
  /** Matches any of these values. An empty list matches nothing. */
  in?: Array<string> | null | undefined;
  /** The metadata key. */
  key: string;
};

/** Filters by a nullable date and time. All given conditions must match. Null matches none of the bounds. */
export type NullableDateTimeFilter = {
  /** Matches later dates and times. */
  gt?: string | null | undefined;
  /** Matches this date and time, and later ones. */
  gte?: string | null | undefined;
  /** If true, matches null; if false, matches every date and time. */
  isNull?: boolean | null | undefined;
  /** Matches earlier dates and times. */
  lt?: string | null | undefined;
  /** Matches this date and time, and earlier ones. */
  lte?: string | null | undefined;
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

/** Input for sendVerificationEmail. */
export type SendVerificationEmailInput = {
  /** The ID of the user. */
  userId: string | number;
};

/** Filters by a string. Case is ignored unless the field says otherwise. All given conditions must match. */
export type StringFilter = {
  /** Matches strings that contain this substring. */
  contains?: string | null | undefined;
  /** Matches this string. */
  eq?: string | null | undefined;
  /** Matches any of these strings. An empty list matches nothing. */
  in?: Array<string> | null | undefined;
  /** If true, matches null; if false, matches every string. */
  isNull?: boolean | null | undefined;
  /** Matches every other string, and null. */
  neq?: string | null | undefined;
  /** Matches strings that start with this prefix. */
  startsWith?: string | null | undefined;
};

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

/** Filters users. All given conditions must match. A condition that is null is ignored. */
export type UserFilter = {
  /** Matches users that match all of these filters. */
  and?: Array<UserFilter> | null | undefined;
  /** Filters by the date and time when the user was created. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Filters by email address. `eq` and `in` accept any spelling of the domain; `startsWith` and `contains` compare its Unicode form. */
  email?: StringFilter | null | undefined;
  /** Filters by the domain of the email address. `eq` and `in` accept any spelling; `startsWith` and `contains` compare its Unicode form. */
  emailDomain?: StringFilter | null | undefined;
  /** Filters by whether the email address is verified. */
  emailVerified?: boolean | null | undefined;
  /** Filters by the ID in your own system. Case-sensitive. */
  externalId?: StringFilter | null | undefined;
  /** Filters by first name. */
  firstName?: StringFilter | null | undefined;
  /** Filters by ID. */
  id?: IdFilter | null | undefined;
  /** Filters by last name. */
  lastName?: StringFilter | null | undefined;
  /** Filters by the date and time when the user last signed in. */
  lastSignInAt?: NullableDateTimeFilter | null | undefined;
  /** Filters by metadata. All of these filters must match. */
  metadata?: Array<MetadataFilter> | null | undefined;
  /** Filters by full name. */
  name?: StringFilter | null | undefined;
  /** Matches users that do not match this filter. */
  not?: UserFilter | null | undefined;
  /** Matches users that match at least one of these filters. An empty list matches nothing. */
  or?: Array<UserFilter> | null | undefined;
  /** Filters by the organizations that the user is a member of, with any membership status. */
  organizationId?: IdFilter | null | undefined;
  /** Filters by the date and time when the user was last updated. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** Input for verifyEmail. */
export type VerifyEmailInput = {
  /** The six-digit code from the newest email. Spaces and hyphens are ignored, and digits of any script are accepted. */
  code: string;
  /** The ID of the user. */
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
