import type { WriteRefusal } from '../../http/refusal.js';
import type { Failure } from './operation.js';

/** One reason in the list `errors` of a failure. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

/** Ends a request with this status and body. */
export class RestFailure extends Error {
  override readonly name = 'RestFailure';

  constructor(
    readonly status: number,
    /** Never has the field `error`, except for OAuth: the SDK takes such a body for an OAuth error. */
    readonly body: Readonly<Record<string, unknown>>,
    readonly headers: Readonly<Record<string, string>> = {},
    /** The parameter that is not valid. */
    readonly field: string | null = null,
  ) {
    super(String(body.code ?? body.error));
  }
}

export function failed([status, code]: Failure, message: string, more: object = {}): RestFailure {
  return new RestFailure(status, { code, message, ...more });
}

/** The body of a request that is refused before the API sees it. */
export const restRefusal: WriteRefusal = (code, message) => JSON.stringify({ code: code.toLowerCase(), message });

/** No object of this kind has this ID (WorkOS contract, section 11, A9). */
export function notFound(kind: string, id: string): RestFailure {
  return failed([404, 'entity_not_found'], `${kind} not found: '${id}'.`.toWellFormed(), {
    entity_id: id.toWellFormed(),
  });
}

/** A parameter or the body of a request is not valid. */
export function invalid(message: string, field: string | null = null): RestFailure {
  const body = { code: 'invalid_request_parameters', message: `Validation failed. ${message}` };
  return new RestFailure(422, body, {}, field);
}
