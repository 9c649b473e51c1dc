import type { RequestErrorCode } from '../domain/errors.js';

/** HTTP status of a request that is refused as a whole, by error code. A door decides about the codes that are not here. */
export const STATUS_OF: Partial<Record<RequestErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  SERVICE_UNAVAILABLE: 503,
  TIMEOUT: 504,
  // The status that nginx uses. Nobody reads the answer; the log shows it.
  CLIENT_CLOSED_REQUEST: 499,
};

/** What callers read when the database cannot be used. */
export const UNAVAILABLE =
  'The database cannot be used at the moment, and nothing was changed: try again later. The log of the server says why.';

/** What callers read when the server is at fault. */
export const INTERNAL = 'Something went wrong in the server; its log has the requestId.';
