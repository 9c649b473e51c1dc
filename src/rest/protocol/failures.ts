import { WRITE_POINTS } from '../../auth/prices.js';
import { DatabaseTroubleError } from '../../db/unavailable.js';
import {
  type DomainError,
  type ErrorCode,
  MutationFailure,
  NotFoundError,
  RateLimitedError,
  RequestError,
  type RequestErrorCode,
} from '../../domain/errors.js';
import { INTERNAL, STATUS_OF, UNAVAILABLE } from '../../http/status.js';
import { UserNotFoundError } from '../../users/user.js';
import { failed, type Reason, RestFailure } from './failure.js';
import type { Failure, Operation } from './operation.js';

/** The status and the code of each failure of the domain (WorkOS contract, section 2). */
export const FAILURES: Readonly<Record<ErrorCode, Failure>> = {
  USER_NOT_FOUND: [404, 'entity_not_found'],
  EMAIL_NOT_AVAILABLE: [400, 'email_not_available'],
  INVALID_EMAIL: [422, 'invalid_request_parameters'],
  EXTERNAL_ID_ALREADY_USED: [400, 'external_id_already_used'],
  INVALID_EXTERNAL_ID: [422, 'invalid_request_parameters'],
  INVALID_METADATA: [400, 'invalid_metadata'],
  INVALID_LOCALE: [400, 'invalid_locale'],
  INVALID_INPUT: [422, 'invalid_request_parameters'],
  PASSWORD_TOO_SHORT: [400, 'password_strength_error'],
  PASSWORD_TOO_LONG: [400, 'password_strength_error'],
  PASSWORD_TOO_WEAK: [400, 'password_strength_error'],
  INVALID_PASSWORD_HASH: [400, 'invalid_password_hash'],
  PASSWORD_AND_HASH_GIVEN: [400, 'password_and_password_hash_provided'],
  EMAIL_ALREADY_VERIFIED: [400, 'email_already_verified'],
  VERIFICATION_CODE_INCORRECT: [400, 'email_verification_code_incorrect'],
  VERIFICATION_CODE_EXPIRED: [400, 'email_verification_code_expired'],
  VERIFICATION_CODE_ALREADY_USED: [400, 'email_verification_code_previously_used'],
  TOO_MANY_REQUESTS: [429, 'rate_limit_exceeded'],
  VERSION_CONFLICT: [409, 'version_conflict'],
  // The status of the IETF draft Idempotency-Key, section 2.7.
  IDEMPOTENCY_KEY_REUSED: [422, 'idempotency_key_reused'],
  DAILY_QUOTA_EXCEEDED: [429, 'daily_quota_exceeded'],
  EMAIL_CHANGE_NOT_NEEDED: [409, 'email_change_not_needed'],
  NO_PENDING_EMAIL_CHANGE: [409, 'no_pending_email_change'],
  AUTHORIZED_APPLICATION_NOT_FOUND: [404, 'entity_not_found'],
  ALREADY_MEMBER: [409, 'organization_membership_already_exists'],
  SCOPE_NOT_GRANTED: [403, 'forbidden'],
  CANNOT_DEACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP: [400, 'cannot_deactivate_pending_organization_membership'],
  CANNOT_REACTIVATE_PENDING_ORGANIZATION_MEMBERSHIP: [400, 'cannot_reactivate_pending_organization_membership'],
  IN_USE: [409, 'in_use'],
  INVALID_CREDENTIALS: [400, 'invalid_credentials'],
  INVALID_REFRESH_TOKEN: [400, 'invalid_grant'],
  DUPLICATE_ENDPOINT: [409, 'duplicate_endpoint'],
  ADDRESS_REFUSED: [422, 'invalid_url'],
  NOT_FOUND: [404, 'entity_not_found'],
};

/** The codes of requests that are refused as a whole. */
const CODES: Partial<Record<RequestErrorCode, Failure>> = {
  UNAUTHENTICATED: [401, 'unauthorized'],
  FORBIDDEN: [403, 'forbidden'],
  RATE_LIMITED: [429, 'rate_limit_exceeded'],
  DELETED_MEANWHILE: [409, 'deleted_meanwhile'],
  CURSOR_EXPIRED: [400, 'cursor_expired'],
};

/** Names of fields of inputs, which REST writes in another way. */
const FIELD =
  /\b(?:emailVerified|externalId|firstName|idempotencyKey|lastName|newEmail|organizationId|password(?:Hash(?:Type)?|SaltPosition)|userId)\b/g;

/** The body of an error, whatever it is. Unexpected ones tell nothing. */
export function toFailure(
  error: unknown,
  { failures = {}, namesFields }: Pick<Operation, 'failures' | 'namesFields'>,
  sent: unknown,
): RestFailure {
  if (error instanceof RestFailure) return namesFields ? withField(error) : error;
  if (error instanceof MutationFailure) return ofDomain(error.errors, { ...FAILURES, ...failures }, sent);
  if (error instanceof RequestError) return ofRequestError(error);
  if (error instanceof DatabaseTroubleError) {
    return new RestFailure(503, { code: 'service_unavailable', message: UNAVAILABLE }, { 'retry-after': '1' });
  }
  return failed([500, 'internal_server_error'], INTERNAL);
}

function withField({ status, body, headers, field }: RestFailure): RestFailure {
  const errors = field === null ? {} : { errors: [{ code: 'invalid', field }] };
  return new RestFailure(status, { ...body, ...errors }, headers);
}

function ofRequestError({ code, message, details }: RequestError): RestFailure {
  const [status, name] = CODES[code] ?? [STATUS_OF[code] ?? 422, 'invalid_request_parameters'];
  const { retryAfterSeconds } = details;
  const headers = {
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(typeof retryAfterSeconds === 'number' ? { 'retry-after': String(retryAfterSeconds) } : {}),
    ...(status === 503 ? { 'retry-after': '1' } : {}),
  };
  const known = status >= 500 ? code.toLowerCase() : name;
  return new RestFailure(status, { code: known, message }, headers);
}

function ofDomain(
  errors: readonly [DomainError, ...DomainError[]],
  failures: typeof FAILURES,
  sent: unknown,
): RestFailure {
  const [first] = errors;
  const [status, code] = failures[first.code];
  const retryAfter = first instanceof RateLimitedError ? { 'retry-after': String(first.retryAfterSeconds) } : {};
  if (code === 'password_strength_error') {
    return new RestFailure(status, { code, message: 'Validation failed.', errors: reasonsOf(errors, failures, code) });
  }
  if (code === 'user_creation_error') {
    const errorsOf = [{ code: 'email_not_available', message: first.message }];
    return new RestFailure(status, { code, message: 'Could not create user.', errors: errorsOf });
  }
  const entity = first instanceof NotFoundError ? first.id : first instanceof UserNotFoundError ? first.userId : null;
  const message = restWords(first.message);
  return new RestFailure(
    status,
    {
      code: first.code === 'PASSWORD_AND_HASH_GIVEN' ? exclusiveCode(sent) : code,
      message: code === 'invalid_request_parameters' ? `Validation failed. ${placeOf(first)}${message}` : message,
      ...(entity !== null && status === 404 ? { entity_id: entity.toWellFormed() } : {}),
    },
    retryAfter,
  );
}

/** A password beside a hash has another code than a password beside the type of a hash alone. */
function exclusiveCode(sent: unknown): string {
  const hasHash = typeof sent === 'object' && sent !== null && 'password_hash' in sent && sent.password_hash != null;
  return hasHash ? 'password_and_password_hash_provided' : 'password_and_password_hash_type_provided';
}

/** `errors` of a failure: each that has its code. */
function reasonsOf(errors: readonly DomainError[], failures: typeof FAILURES, code: string): Reason[] {
  return errors
    .filter((error) => failures[error.code][1] === code)
    .map((error) => ({ code: error.code.toLowerCase(), message: error.message }));
}

function placeOf({ path }: DomainError): string {
  return path === null || path.length === 0 ? '' : `${path.map(restWords).join('.')}: `;
}

function restWords(text: string): string {
  return text.replace(FIELD, (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** Points of a write and of the object that it returns. */
export const WRITE = () => ({ points: WRITE_POINTS + 1, rows: 0 });
