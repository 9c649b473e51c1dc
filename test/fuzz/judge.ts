import { type DocumentNode, type GraphQLSchema, parse } from 'graphql';
import { isRequestErrorCode } from '../../src/domain/errors.js';
import { checkData } from './shape.js';

/** The answer of the target. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** The operation that was sent. It is unknown when the body is not an operation. */
export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Statuses that a request may cause. 503 is accepted only with SERVICE_UNAVAILABLE. */
const STATUSES = new Set([200, 204, 294, 400, 401, 403, 404, 405, 406, 413, 415, 422, 429, 431]);
/** Signs of a stack trace, of the database driver or of a file path in an answer. */
const LEAK = /node_modules|SQLITE_|\.(?:js|ts):\d+|SqliteError|\\n {4}at /;

/** Finds the faults of an answer: violations of the specifications and of the server's own contract. */
export class Judge {
  constructor(private readonly schema: GraphQLSchema) {}

  /**
   * Returns the faults by GraphQL over HTTP, section 7 of the GraphQL specification, our error codes, and the document.
   */
  faults(reply: Reply, asked: Asked | null): string[] {
    const overloaded = reply.status === 503;
    if (!STATUSES.has(reply.status) && !overloaded) return [`status ${reply.status}`];
    const payload = payloadOf(reply);
    if (payload === null) return this.#faultsOfOther(reply);
    const result = parsed(payload);
    if (!isObject(result)) return ['the body is not a JSON object'];
    const faults = [...faultsOfResult(result)];
    const codes = codesOf(result);
    if (codes.includes('INTERNAL_SERVER_ERROR')) faults.push('an internal error');
    if (overloaded && !codes.includes('SERVICE_UNAVAILABLE')) faults.push('503 without SERVICE_UNAVAILABLE');
    if (LEAK.test(reply.body)) faults.push('the answer reveals internals of the server');
    if (faults.length === 0 && isObject(result.data) && asked) {
      const document = documentOf(asked.query);
      // If graphql-js cannot parse the document, the server cannot have executed it.
      if (document === null) return ['there is data for an invalid document'];
      faults.push(...checkData(this.schema, document, asked.variables, result));
    }
    return faults;
  }

  /** Checks an HTML page or a refusal without JSON. */
  #faultsOfOther({ status, contentType, body }: Reply): string[] {
    if (status === 200)
      return contentType.startsWith('text/html') ? [] : [`200 with ${contentType || 'no content type'}`];
    return body.length < 1000 && !LEAK.test(body) ? [] : ['a refusal that reveals too much'];
  }
}

/** Returns the JSON of an answer: the body itself, or the only event or part of a stream. */
function payloadOf({ contentType, body }: Reply): string | null {
  if (/^application\/(graphql-response\+)?json\b/.test(contentType)) return body;
  // Splits at line feeds only. In a regular expression, `$` would match at other line terminators too.
  const lines = body.split(/\r?\n/);
  if (contentType.startsWith('text/event-stream')) {
    return lines.find((line) => line.startsWith('data: {'))?.slice('data: '.length) ?? null;
  }
  if (contentType.startsWith('multipart/mixed')) return lines.find((line) => line.startsWith('{')) ?? null;
  return null;
}

function documentOf(query: string): DocumentNode | null {
  try {
    return parse(query, { noLocation: true });
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function codesOf(result: Record<string, unknown>): unknown[] {
  const errors = Array.isArray(result.errors) ? result.errors : [];
  return errors.map((error) => (isObject(error) && isObject(error.extensions) ? error.extensions.code : undefined));
}

/** Checks the response format (GraphQL specification, section 7.1). */
function* faultsOfResult(result: Record<string, unknown>): Generator<string> {
  const keys = Object.keys(result).filter((key) => !['data', 'errors', 'extensions'].includes(key));
  if (keys.length > 0) yield `the response has ${keys.join(', ')}`;
  const { data, errors } = result;
  if (data !== undefined && data !== null && !isObject(data)) yield 'data is not an object';
  if (errors === undefined) {
    if (!isObject(data)) yield 'neither data nor errors';
    return;
  }
  if (!Array.isArray(errors) || errors.length === 0) {
    yield 'errors is not a non-empty list';
    return;
  }
  for (const error of errors) yield* faultsOfError(error);
}

function* faultsOfError(error: unknown): Generator<string> {
  if (!isObject(error)) {
    yield 'an error is not an object';
    return;
  }
  const { message, locations, path, extensions, ...more } = error;
  if (Object.keys(more).length > 0) yield `an error has ${Object.keys(more).join(', ')}`;
  if (typeof message !== 'string' || message === '') yield 'an error has no message';
  if (locations !== undefined && !(Array.isArray(locations) && locations.length > 0 && locations.every(isLocation))) {
    yield 'an error has malformed locations';
  }
  const isStep = (step: unknown) => typeof step === 'string' || (Number.isInteger(step) && Number(step) >= 0);
  if (path !== undefined && !(Array.isArray(path) && path.length > 0 && path.every(isStep))) {
    yield 'an error has a malformed path';
  }
  if (!isObject(extensions) || !isRequestErrorCode(extensions.code))
    yield 'an error has a code that is not in the list';
  else if (typeof extensions.requestId !== 'string') yield 'an error has no requestId';
}

function isLocation(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { line, column } = value;
  return Number.isInteger(line) && Number(line) >= 1 && Number.isInteger(column) && Number(column) >= 1;
}
