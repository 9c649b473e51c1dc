/**
 * Codes of the expected failures of mutations, with their meanings. A code that the WorkOS contract defines (section 2)
 * is written in upper case. Clients switch on these codes, so a code is never renamed or reused.
 */
export const ERROR_CODES = {
  USER_NOT_FOUND: 'No user has this ID in the environment.',
  EMAIL_NOT_AVAILABLE:
    'Another user of the environment has this email address. Letter case and the spelling of the domain do not matter.',
  INVALID_EMAIL: 'The text is not an email address, or its domain cannot receive mail.',
  EXTERNAL_ID_ALREADY_USED: 'Another object of the same kind in the environment has this external ID.',
  INVALID_EXTERNAL_ID: 'The external ID is empty, too long or not ASCII.',
  INVALID_METADATA: 'The metadata exceeds a limit or contains a value that is not a string.',
  INVALID_LOCALE: 'The text is not a BCP 47 language tag.',
  INVALID_INPUT: 'A value is invalid, and no more specific code applies.',
  PASSWORD_TOO_SHORT: 'The password has fewer characters than the password policy requires.',
  PASSWORD_TOO_LONG: 'The password is longer than the server accepts.',
  PASSWORD_TOO_WEAK: 'The password is too easy to guess.',
  INVALID_PASSWORD_HASH: 'The hash does not have the format of its type, or its parameters are out of range.',
  PASSWORD_AND_HASH_GIVEN: 'The input has both a password and a password hash or hash type.',
  EMAIL_ALREADY_VERIFIED: "The user's email address is already verified.",
  VERIFICATION_CODE_INCORRECT: "The code is not the latest one sent to the user's email address.",
  VERIFICATION_CODE_EXPIRED: 'The code is correct but has expired.',
  VERIFICATION_CODE_ALREADY_USED: 'The code is correct but has already been used.',
  TOO_MANY_REQUESTS: 'There were too many attempts. Wait for the number of seconds in retryAfterSeconds.',
  VERSION_CONFLICT: 'The current version of the user differs from expectedVersion.',
  IDEMPOTENCY_KEY_REUSED: 'The idempotency key was already used with different input, or for another mutation.',
  DAILY_QUOTA_EXCEEDED: 'The daily limit of mails is reached. Wait for the number of seconds in retryAfterSeconds.',
  EMAIL_CHANGE_NOT_NEEDED:
    'The user already has this email address. Letter case and the spelling of the domain do not matter.',
  NO_PENDING_EMAIL_CHANGE: 'The user has no pending change of the email address.',
  AUTHORIZED_APPLICATION_NOT_FOUND: 'The user has not granted this application access.',
  ALREADY_MEMBER: 'The user is already a member of the organization.',
  SCOPE_NOT_GRANTED: 'The caller lacks a scope that it wants to grant, or the operator did not grant it to the user.',
  CANNOT_DEACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP: 'A pending membership can be deleted, but not deactivated.',
  CANNOT_REACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP: 'A pending membership cannot be reactivated.',
  IN_USE: 'Another object uses the object, or too many objects depend on it to be deleted by one call.',
  INVALID_CREDENTIALS: 'The email address or the password is incorrect.',
  INVALID_REFRESH_TOKEN: 'The refresh token is malformed or was already used, or its session has ended.',
  DUPLICATE_ENDPOINT: 'Another webhook endpoint of the environment has this URL.',
  ADDRESS_REFUSED:
    'The URL does not use https or its address is not public. WEBHOOK_NETWORKS permits further networks.',
  NOT_FOUND: 'An object that the input refers to does not exist.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The path of a value in `input`, e.g. `['metadata', 'plan']`; null when the failure concerns the input as a whole. */
export type InputPath = readonly string[] | null;

/** An expected failure of a mutation. It is not thrown itself: a `MutationFailure` holds all failures of a call. */
export abstract class DomainError {
  readonly message: string;
  readonly path: InputPath;

  constructor(
    readonly code: ErrorCode,
    message: string,
    path: InputPath,
  ) {
    // Both can quote input that is not well-formed Unicode. A strict JSON parser would reject the whole response.
    this.message = message.toWellFormed();
    this.path = path?.map((part) => part.toWellFormed()) ?? null;
  }
}

/** A value in the input is invalid. */
export class InvalidInputError extends DomainError {}

/** An object that the input refers to does not exist in the environment. */
export class NotFoundError extends DomainError {
  constructor(
    kind: string,
    readonly id: string,
    path: InputPath,
  ) {
    super('NOT_FOUND', `${kind} not found: '${id}'.`, path);
  }
}

/** Other objects prevent a deletion. */
export class InUseError extends DomainError {
  /** @param usedBy ids of objects that prevent the deletion; at most `MAX_USES_NAMED` */
  constructor(
    message: string,
    readonly usedBy: readonly string[],
  ) {
    super('IN_USE', message, ['id']);
  }
}

/** The maximum number of ids in an `InUseError`. */
export const MAX_USES_NAMED = 10;

/** The external id belongs to another object of the same kind. */
export class ExternalIdTakenError extends DomainError {
  constructor(readonly externalId: string) {
    super('EXTERNAL_ID_ALREADY_USED', `The external id '${externalId}' is already in use.`, ['externalId']);
  }
}

/** There were too many attempts. */
export class RateLimitedError extends DomainError {
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
    code: 'TOO_MANY_REQUESTS' | 'DAILY_QUOTA_EXCEEDED' = 'TOO_MANY_REQUESTS',
  ) {
    super(code, message, null);
  }
}

/** Rejects a mutation with all failures that were found. A transaction that throws it is rolled back. */
export class MutationFailure extends Error {
  override readonly name = 'MutationFailure';
  readonly errors: readonly [DomainError, ...DomainError[]];

  constructor(...errors: [DomainError, ...DomainError[]]) {
    super(errors.map((error) => error.code).join(', '));
    this.errors = errors;
  }
}

/** The maximum number of errors in a payload. One input can have thousands of invalid values, e.g. in metadata. */
export const MAX_MUTATION_ERRORS = 100;

/** @throws {MutationFailure} with the first `MAX_MUTATION_ERRORS` problems, when there are any */
export function refuseIfAny(problems: readonly DomainError[]): void {
  const [first, ...rest] = problems.slice(0, MAX_MUTATION_ERRORS);
  if (first) throw new MutationFailure(first, ...rest);
}

/** Every value of `errors[].extensions.code`, with its meaning. */
export const REQUEST_ERROR_CODES = {
  BAD_REQUEST: 'The HTTP request is not a well-formed GraphQL request.',
  GRAPHQL_PARSE_FAILED: 'The document is not valid GraphQL syntax.',
  GRAPHQL_VALIDATION_FAILED: 'The document is not valid against the schema.',
  BAD_USER_INPUT:
    'A variable or argument is invalid, e.g. a page size out of range, a malformed cursor, too many IDs or a string ' +
    'that is not well-formed Unicode.',
  CURSOR_EXPIRED:
    'The cursor belongs to an event log that was replaced by a restored backup, or the events after it were removed. ' +
    'In the latter case, continue with the cursor in oldestCursor.',
  FILTER_NOT_SELECTIVE:
    'The query would examine too many users. The message names the conditions and suggests how to change them.',
  DELETED_MEANWHILE: 'An object was deleted while the request was executed. Send the request again.',
  OPERATION_RESOLUTION_FAILURE: 'The server cannot determine which operation of the document to execute.',
  OPERATION_LIMIT_EXCEEDED:
    'The operation is too large, or repeats an element that may appear once. The message states value and limit.',
  COST_LIMIT_EXCEEDED:
    'The operation could return too many objects or examine too many rows. The message states the cost and the limit.',
  RATE_LIMITED: 'The caller exceeded its rate limit. Wait for the number of seconds in retryAfterSeconds.',
  TIMEOUT: 'The request was aborted because it took too long. The time counts from the arrival of the request.',
  CLIENT_CLOSED_REQUEST:
    'The client closed the connection before the response was sent. This code appears in the server log only.',
  PERSISTED_DOCUMENT_NOT_FOUND:
    'No persisted document has this hash. Clients such as Apollo Client then send the full document.',
  PERSISTED_DOCUMENT_REQUIRED: 'The server executes persisted documents only, and the request does not name one.',
  UNSIGNED_REQUEST:
    'The server accepts requests of its router only, and the signature is missing, invalid, expired or already used.',
  UNAUTHENTICATED: 'The API key or access token is missing, malformed, unknown, expired or revoked.',
  FORBIDDEN: 'The caller lacks the scope that the message names, or the object belongs to another user.',
  SERVICE_UNAVAILABLE:
    'The server is overloaded, or something it depends on is unavailable. The message says what to do.',
  INTERNAL_SERVER_ERROR: 'An internal error occurred. The server log has the details under the requestId.',
} as const;

export type RequestErrorCode = keyof typeof REQUEST_ERROR_CODES;

export function isRequestErrorCode(code: unknown): code is RequestErrorCode {
  return typeof code === 'string' && Object.hasOwn(REQUEST_ERROR_CODES, code);
}

/** Rejects a request, or one field of it. The caller sees the message, so it must not contain private data. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    readonly code: RequestErrorCode,
    message: string,
    /** Machine-readable details; they become `extensions` of the GraphQL error. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
