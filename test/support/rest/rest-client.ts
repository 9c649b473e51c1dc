import { expect } from 'vitest';
import type { App } from '../../../src/app.js';
import { Checker, OFFICIAL, OURS } from './openapi.js';

export interface RestResponse {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers by path, and a wrong path fails the assertion.
  readonly json: any;
  readonly headers: Headers;
}

export type RestClient = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<RestResponse>;

const ours = new Checker(OURS);
const official = OFFICIAL && new Checker(OFFICIAL);

/** A client of the REST API with this key. Each answer must be one that our description allows, and that of WorkOS. */
export function restClient(app: Pick<App, 'fetch'>, secret: string | null): RestClient {
  return async (method, path, body, headers = {}) => {
    const request = new Request(`http://localhost${path}`, {
      method,
      headers: {
        ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const response = await app.fetch(request);
    const text = await response.text();
    const json = text === '' ? null : JSON.parse(text);
    const { pathname } = new URL(request.url);
    expect(ours.check(method, pathname, response.status, json)).toEqual([]);
    if (official && !isOurOwn(method, official.pathOf(pathname), response.status, json?.code)) {
      expect(official.check(method, pathname, response.status, withoutOurEvents(json))).toEqual([]);
    }
    return { status: response.status, json, headers: response.headers };
  };
}

/** Statuses that every operation can answer with, which the description of WorkOS leaves out. */
const COMMON = [401, 403, 405, 413, 415, 429, 503];

/** Failures that WorkOS does not describe, each with the reason for it here. `docs/from-the-workos-sdk.md` has them too. */
export const OUR_FAILURES: readonly (readonly [operation: string, status: number, code: string, reason: string])[] = [
  ['PUT /user_management/users/{id}', 404, 'entity_not_found', 'the description forgets it (contract, A24)'],
  ['POST /user_management/users', 400, 'external_id_already_used', 'external IDs are unique from the start (A26)'],
  [
    'POST /user_management/organization_memberships',
    409,
    'organization_membership_already_exists',
    'the description does not say what a second membership is',
  ],
];

/** Codes of what the description of WorkOS does not have. */
const OUR_CODES = ['idempotency_key_reused', 'invalid_json', 'internal_server_error'];

/** Events of objects that WorkOS has too. The others are ours, or are of other objects with the same name. */
const SHARED_EVENTS = /^(?:user|email_verification|organization|organization_membership|session|authentication)\./;

function withoutOurEvents(json: { data?: unknown } | null): unknown {
  if (!Array.isArray(json?.data)) return json;
  return { ...json, data: json.data.filter(({ event }) => event === undefined || SHARED_EVENTS.test(event)) };
}

function isOurOwn(method: string, path: string | undefined, status: number, code: unknown): boolean {
  if (COMMON.includes(status) || OUR_CODES.includes(String(code))) return true;
  return OUR_FAILURES.some(
    ([operation, ...own]) => `${method} ${path}` === operation && own[0] === status && own[1] === code,
  );
}
