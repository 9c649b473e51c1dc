import { OPERATIONS } from '../../../src/rest/operations/index.js';
import type { Dice } from '../../fuzz/dice.js';

/** A random request. */
export interface RandomRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  readonly headers: Record<string, string>;
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];
const ODD = [
  '',
  '%00',
  '%ff',
  '%2F..%2F',
  '%',
  '🦊',
  "' or 1=1 --",
  'null',
  'undefined',
  '__proto__',
  'constructor',
  'a'.repeat(500),
  '%F0%9F%A6%8A',
  '\\',
  '*',
  '{id}',
];
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  'a',
  '\ud800',
  '\0',
  [],
  {},
  ['a'],
  { a: null },
  { __proto__: 1 },
  'x@example.com',
  'a'.repeat(2_000),
  { a: { b: { c: [1] } } },
];
const FIELDS = [
  'email',
  'first_name',
  'last_name',
  'name',
  'email_verified',
  'external_id',
  'metadata',
  'password',
  'password_hash',
  'password_hash_type',
  'password_salt_position',
  'locale',
  'code',
  'new_email',
  'user_id',
  'organization_id',
  'role_slug',
  'role_slugs',
  'session_id',
  'grant_type',
  'client_id',
  'client_secret',
  'refresh_token',
  '__proto__',
  'constructor',
];
const PARAMETERS = [
  'limit',
  'order',
  'before',
  'after',
  'email',
  'organization_id',
  'user_id',
  'statuses',
  'events',
  'range_start',
];
const WORDS = [
  'asc',
  'desc',
  'normal',
  '0',
  '1',
  '100',
  '101',
  '-1',
  '1e9',
  '',
  'active',
  'user.created',
  '2026-01-01T00:00:00Z',
  ',',
];

/** Draws requests to the REST API: mostly well formed, and wrong in one place or many. */
export class Requests {
  /** @param ids IDs of objects that exist */
  constructor(
    private readonly dice: Dice,
    private readonly ids: readonly string[],
  ) {}

  draw(): RandomRequest {
    const { dice } = this;
    const operation = dice.pick(OPERATIONS);
    const method = dice.percent(85) ? operation.method : dice.pick(METHODS);
    const named = operation.path.replace(/\{\w+\}/g, () => this.#segment());
    const path = dice.percent(5) ? `${named}/${this.#segment()}` : named;
    const query = method === 'GET' || dice.percent(10) ? this.#query() : '';
    const hasBody = method !== 'GET' && method !== 'HEAD' && dice.percent(90);
    return {
      method,
      path: query === '' ? path : `${path}?${query}`,
      body: hasBody ? this.#body() : undefined,
      headers: {
        ...(hasBody ? { 'content-type': dice.percent(95) ? 'application/json' : 'text/plain' } : {}),
        ...(dice.percent(10) ? { 'idempotency-key': dice.pick(['k', 'a b', 'k'.repeat(300)]) } : {}),
      },
    };
  }

  #segment(): string {
    const { dice, ids } = this;
    return dice.percent(70) ? dice.pick(ids) : dice.pick(ODD);
  }

  #query(): string {
    const { dice, ids } = this;
    const count = dice.below(4);
    return Array.from({ length: count }, () => {
      const value = dice.percent(50) ? dice.pick(WORDS) : dice.percent(60) ? dice.pick(ids) : dice.pick(ODD);
      return `${dice.pick(PARAMETERS)}${dice.percent(10) ? '[]' : ''}=${value.replaceAll('&', '')}`;
    }).join('&');
  }

  #body(): string {
    const { dice, ids } = this;
    if (dice.percent(5)) return dice.pick(['{', '[', 'null', '"', '\0', '[[[[', '{"a":'.repeat(1_000)]);
    const body: Record<string, unknown> = {};
    for (let index = dice.below(6); index > 0; index--) {
      const value = dice.percent(30) ? dice.pick(ids) : dice.pick(VALUES);
      Object.defineProperty(body, dice.pick(FIELDS), { value, enumerable: true, configurable: true, writable: true });
    }
    if (dice.percent(50)) body.email = `u${dice.below(200)}@example.com`;
    return JSON.stringify(body);
  }
}
