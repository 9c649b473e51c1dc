/**
 * Every code an expected failure of a mutation can have: the contract's code in upper case where it has one
 * (WorkOS contract, section 2). Clients switch on these; one is never renamed or reused.
 */
export const ERROR_CODES = {
  USER_NOT_FOUND: 'No user has this id in the environment.',
  EMAIL_NOT_AVAILABLE:
    'Another user of the environment has this address, in whatever letter case and spelling of its domain.',
  INVALID_EMAIL: 'The text is not an email address, or its domain is none that mail arrives at.',
  EXTERNAL_ID_ALREADY_USED: 'Another object of the same kind in the environment has this external id.',
  INVALID_EXTERNAL_ID: 'The external id is empty, too long or not ASCII.',
  INVALID_METADATA: 'The metadata breaks a limit or holds something other than text.',
  INVALID_LOCALE: 'The text is not a BCP 47 language tag.',
  INVALID_INPUT: 'A value breaks a rule of its field that has no code of its own.',
  PASSWORD_TOO_SHORT: 'The password has fewer characters than the policy asks for.',
  PASSWORD_TOO_LONG: 'The password is longer than the server accepts.',
  PASSWORD_TOO_WEAK: 'The password is too easy to guess.',
  INVALID_PASSWORD_HASH: 'The hash does not have the form of its type, or its parameters are out of bounds.',
  PASSWORD_AND_HASH_GIVEN: 'A password comes alone: with it stands a hash, or the type of one.',
  EMAIL_ALREADY_VERIFIED: 'The address of the user is verified already.',
  VERIFICATION_CODE_INCORRECT: 'The code is not the newest one sent to the address of the user.',
  VERIFICATION_CODE_EXPIRED: 'The code was right, but its time is over.',
  VERIFICATION_CODE_ALREADY_USED: 'The code was right and has been used before.',
  TOO_MANY_REQUESTS: 'The same thing was tried too often; retryAfterSeconds says when it may be tried again.',
  VERSION_CONFLICT: 'The user is no longer at the version the call expected.',
  IDEMPOTENCY_KEY_REUSED: 'The idempotency key was used before with other input, or for another mutation.',
  DAILY_QUOTA_EXCEEDED: 'The mails of a day are used up; retryAfterSeconds says when there are new ones.',
  EMAIL_CHANGE_NOT_NEEDED: 'The user has this address already, in whatever letter case and spelling of its domain.',
  NO_PENDING_EMAIL_CHANGE: 'No change of the address waits for its code.',
  AUTHORIZED_APPLICATION_NOT_FOUND: 'The user has not granted this application access.',
  ALREADY_MEMBER: 'The user is a member of the organization already.',
  SCOPE_NOT_GRANTED: 'A key gives no scope that it lacks itself; a user has those the operator granted.',
  CANNOT_DEACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP: 'A pending membership is deleted, not deactivated.',
  CANNOT_REACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP: 'A pending membership is not for the server to activate.',
  IN_USE: 'Something else needs it, or more hangs on it than one call removes.',
  INVALID_CREDENTIALS: 'Address and password do not belong together.',
  INVALID_REFRESH_TOKEN: 'The refresh token is none, was used before, or its session is over.',
  DUPLICATE_ENDPOINT: 'Another webhook endpoint of the environment has this address.',
  ADDRESS_REFUSED: 'Nothing is sent to this address: it is not public, or not by https; WEBHOOK_NETWORKS opens others.',
  NOT_FOUND: 'Something named in the input does not exist.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Where in `input` a value stands, e.g. `['metadata', 'plan']`; null when the failure is about the whole input. */
export type InputPath = readonly string[] | null;

/** An expected failure. Not thrown by itself: it travels in a `MutationFailure`, with the others of the same call. */
export abstract class DomainError {
  readonly message: string;
  readonly path: InputPath;

  constructor(
    readonly code: ErrorCode,
    message: string,
    path: InputPath,
  ) {
    // Both may repeat what was given, which may be no Unicode; readers that are strict would refuse the whole answer.
    this.message = message.toWellFormed();
    this.path = path?.map((part) => part.toWellFormed()) ?? null;
  }
}

/** A value that broke a rule of its field. */
export class InvalidInputError extends DomainError {}

/** Something named in the input does not exist in the environment. */
export class NotFoundError extends DomainError {
  constructor(
    kind: string,
    readonly id: string,
    path: InputPath,
  ) {
    super('NOT_FOUND', `${kind} not found: '${id}'.`, path);
  }
}

/** Something stands in the way of a deletion. */
export class InUseError extends DomainError {
  /** @param usedBy ids of some of what stands in the way: at most `MAX_USES_NAMED` */
  constructor(
    message: string,
    readonly usedBy: readonly string[],
  ) {
    super('IN_USE', message, ['id']);
  }
}

/** How many of the things in the way an `InUseError` names. */
export const MAX_USES_NAMED = 10;

/** The external id belongs to another object of the same kind. */
export class ExternalIdTakenError extends DomainError {
  constructor(readonly externalId: string) {
    super('EXTERNAL_ID_ALREADY_USED', `The external id '${externalId}' is already in use.`, ['externalId']);
  }
}

/** The same thing was tried too often. */
export class RateLimitedError extends DomainError {
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
    code: 'TOO_MANY_REQUESTS' | 'DAILY_QUOTA_EXCEEDED' = 'TOO_MANY_REQUESTS',
  ) {
    super(code, message, null);
  }
}

/** Thrown by a service to refuse a mutation, with everything that is wrong with it; rolls the transaction back. */
export class MutationFailure extends Error {
  override readonly name = 'MutationFailure';
  readonly errors: readonly [DomainError, ...DomainError[]];

  constructor(...errors: [DomainError, ...DomainError[]]) {
    super(errors.map((error) => error.code).join(', '));
    this.errors = errors;
  }
}

/** How many problems of one input are told: a body has room for thousands, e.g. of metadata keys. */
export const MAX_MUTATION_ERRORS = 100;

/** Throws the collected problems, if there are any, as one `MutationFailure` with the first of them. */
export function refuseIfAny(problems: readonly DomainError[]): void {
  const [first, ...rest] = problems.slice(0, MAX_MUTATION_ERRORS);
  if (first) throw new MutationFailure(first, ...rest);
}

/**
 * Every code a request, or a field of it, can be refused with: `errors[].extensions.code`. The list is closed.
 */
export const REQUEST_ERROR_CODES = {
  BAD_REQUEST: 'The HTTP request is not a well-formed GraphQL request.',
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema.',
  BAD_USER_INPUT:
    'A variable or argument is out of its range, or no Unicode: a page size, a cursor, the number of ids, a text.',
  CURSOR_EXPIRED:
    'The cursor is of a log that a restored backup has replaced, or what follows it was removed: see oldestCursor.',
  FILTER_NOT_SELECTIVE: 'Too many users would have to be looked at; the message says for what, and what to do.',
  DELETED_MEANWHILE: 'Something was deleted between two reads of the request: ask again.',
  OPERATION_RESOLUTION_FAILURE: 'The document does not say which of its operations to run.',
  OPERATION_LIMIT_EXCEEDED:
    'The operation is too large or repeats what may stand once; the message has the figure and the limit.',
  COST_LIMIT_EXCEEDED:
    'The operation could answer too many objects, or look at too many rows; the message has its cost and the limit.',
  RATE_LIMITED: 'The budget of the caller is spent; retryAfterSeconds says when it may try again.',
  TIMEOUT: 'The request took too long, counted from its arrival, and was given up.',
  CLIENT_CLOSED_REQUEST: 'The client closed the connection before it was answered; only the log of the server has it.',
  PERSISTED_DOCUMENT_NOT_FOUND: 'No document has this hash; Apollo Client sends its text then.',
  PERSISTED_DOCUMENT_REQUIRED: 'Only documents of the list are executed; the request names none.',
  UNSIGNED_REQUEST: 'The server answers its router only, and the request is not signed by it, too old, or a repeat.',
  UNAUTHENTICATED: 'The API key or access token is missing, malformed, unknown, expired or revoked.',
  FORBIDDEN: 'The caller lacks the scope the message names, or the thing is not theirs.',
  SERVICE_UNAVAILABLE: 'Something the server needs is down or overloaded; the message says what to do.',
  INTERNAL_SERVER_ERROR: 'A fault of the server; its log has the details under the requestId.',
} as const;

export type RequestErrorCode = keyof typeof REQUEST_ERROR_CODES;

export function isRequestErrorCode(code: unknown): code is RequestErrorCode {
  return typeof code === 'string' && Object.hasOwn(REQUEST_ERROR_CODES, code);
}

/** Refuses a request as a whole. Shown to the caller as it is, so the message holds nothing private. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    readonly code: RequestErrorCode,
    message: string,
    /** What programs need beside the code; in the error's extensions. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
