import type { Dice } from './dice.js';
import type { Known } from './known.js';
import { anyJson, text } from './values.js';

/** An HTTP request. */
export interface Wire {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
}

/** Returns a document that is invalid, or extreme in one respect, with at most a few hundred kilobytes. */
export function hostileDocument(dice: Dice, known: Known, good: string): string {
  const make = dice.weighted(DOCUMENTS);
  return make(dice, known, good);
}

type Make = (dice: Dice, known: Known, good: string) => string;

const deep = (dice: Dice) =>
  dice.weighted<number>([
    [60, dice.between(2, 30)],
    [30, dice.between(30, 300)],
    [5, 5000],
  ]);
const wide = (dice: Dice) =>
  dice.weighted<number>([
    [60, dice.between(2, 50)],
    [30, dice.between(50, 500)],
    [5, 4000],
  ]);

const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');

/** Follows a cycle of the schema: the organizations of a user, their users, and so on. */
const deepCycle: Make = (dice, known) => {
  const depth = Math.min(deep(dice), 400);
  const inner = 'organizationMemberships(first: 1) { nodes { user { ';
  return `{ user(id: "${known.pick(dice, 'user')}") { ${inner.repeat(depth)}id${' } } }'.repeat(depth)} } }`;
};

const DOCUMENTS: readonly (readonly [number, Make])[] = [
  [10, deepCycle],
  [
    6,
    (dice, known) => `{ ${repeat(wide(dice), (i) => `a${i}: user(id: "${known.pick(dice, 'user')}") { id email }`)} }`,
  ],
  [4, (dice) => `{ ${repeat(wide(dice), (i) => `a${i}: users(first: 1) { totalCount }`)} }`],
  [4, (dice) => `{ ${repeat(wide(dice), () => 'users { nodes { id id id } }')} }`],
  [
    4,
    (dice, known) => {
      const one = (i: number) =>
        `a${i}: verifyEmail(input: { userId: "${known.pick(dice, 'user')}", code: "${dice.between(1e5, 1e6)}" }) { user { id } }`;
      return `mutation { ${repeat(wide(dice), one)} }`;
    },
  ],
  [5, () => '{ users { nodes { ...A } } } fragment A on User { id ...B } fragment B on User { ...A }'],
  [
    3,
    (dice) => {
      const count = dice.between(2, 200);
      const fragment = (i: number) => `fragment F${i} on User { id ...F${(i + 1) % count} }`;
      return `{ users { nodes { ...F0 } } } ${repeat(count, fragment)}`;
    },
  ],
  // Each fragment uses the next one twice: the document is small, and its expansion is exponential.
  [
    4,
    (dice) => {
      const count = dice.between(3, 40);
      const fragment = (i: number) => `fragment F${i} on User { ...F${i + 1} ...F${i + 1} }`;
      return `{ users(first: 1) { nodes { ...F0 } } } ${repeat(count, fragment)} fragment F${count} on User { id }`;
    },
  ],
  [5, (dice) => `{ __typename ${'@include(if: true) '.repeat(wide(dice))} }`],
  [3, (dice) => `query ${'@nothing '.repeat(wide(dice))} { __typename }`],
  [4, (dice) => `{ user(id: ${'['.repeat(deep(dice))}1${']'.repeat(deep(dice))}) { id } }`],
  [
    4,
    (dice) => {
      const depth = deep(dice);
      return `{ users(filter: ${'{ and: ['.repeat(depth)}{ emailVerified: true }${'] }'.repeat(depth)}) { totalCount } }`;
    },
  ],
  [3, (dice) => `query (${repeat(wide(dice), (i) => `$v${i}: Int = ${i}`)}) { __typename }`],
  [3, (dice) => repeat(wide(dice), (i) => `query Q${i} { __typename }`)],
  [3, (dice) => `{ node(id: ${JSON.stringify('x'.repeat(dice.pick([200, 20_000, 100_000])))}) { id } }`],
  [
    3,
    (dice, known) =>
      `{ nodes(ids: [${repeat(dice.pick([99, 100, 101, 2000]), () => `"${known.pickId(dice)}"`)}]) { id } }`,
  ],
  [4, (dice, known) => entities(dice, known)],
  [4, () => '{ __schema { types { name kind fields(includeDeprecated: true) { name args { name defaultValue } } } } }'],
  [
    3,
    (dice) => {
      const depth = Math.min(deep(dice), 60);
      return `{ __schema { types ${'{ fields { type '.repeat(depth)}{ name }${' } }'.repeat(depth)} } }`;
    },
  ],
  [2, (dice) => `{ __type(name: ${JSON.stringify(text(dice))}) { name } }`],
  [2, () => '{ _service { sdl } }'],
  [3, () => 'subscription { users { totalCount } }'],
  [2, () => 'type Query { a: Int } extend schema { query: Query }'],
  [2, (dice) => `#${'x'.repeat(dice.below(50_000))}\n{ __typename }`],
  [2, (dice) => ','.repeat(dice.below(50_000))],
  [20, (dice, _, good) => cut(dice, good)],
  [20, (dice, _, good) => alterCharacter(dice, good)],
];

function entities(dice: Dice, known: Known): string {
  const one = () => {
    const key = dice.percent(70) ? `id: "${known.pick(dice, 'user')}"` : `externalId: ${JSON.stringify(text(dice))}`;
    return `{ __typename: "${dice.pick(['User', 'User', 'Organization', 'Nothing'])}", ${dice.percent(80) ? key : ''} }`;
  };
  return `{ _entities(representations: [${repeat(dice.between(0, 12), one)}]) { __typename ... on User { id email } } }`;
}

function cut(dice: Dice, good: string): string {
  const from = dice.below(good.length);
  return dice.percent(50) ? good.slice(0, from) : good.slice(0, from) + good.slice(from + dice.between(1, 8));
}

/** Inserts or replaces one character. */
function alterCharacter(dice: Dice, good: string): string {
  const at = dice.below(good.length);
  const character = dice.pick([
    '{',
    '}',
    '(',
    ')',
    '"',
    '$',
    '@',
    '...',
    ':',
    '\u0000',
    '\ud800',
    '🦊',
    '1',
    '"""',
    '!',
    '&',
    '#',
  ]);
  return good.slice(0, at) + character + good.slice(at + dice.below(2));
}

/** Returns a body that is not a valid request. */
export function hostileBody(dice: Dice, good: string): string | Buffer {
  const sort = dice.below(14);
  if (sort === 0) return '';
  if (sort === 1) return JSON.stringify(anyJson(dice, 0));
  if (sort === 2) return good.slice(0, dice.below(good.length));
  if (sort === 3) return `[${good},${good}]`;
  if (sort === 4) return `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  if (sort === 5) return Buffer.from([0xff, 0xfe, 0x00, 0xd8, ...Buffer.from(good)]);
  if (sort === 6) return JSON.stringify({ query: anyJson(dice, 0), variables: anyJson(dice, 0) });
  if (sort === 7) return JSON.stringify({ query: '{ __typename }', variables: anyJson(dice, 0) });
  if (sort === 8) return JSON.stringify({ query: '{ __typename }', operationName: anyJson(dice, 0) });
  if (sort === 9) return JSON.stringify({ query: '{ __typename }', extensions: anyJson(dice, 0) });
  if (sort === 10) return JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: text(dice) } } });
  if (sort === 11) return `{"query":"{ __typename }","query":"{ a }","__proto__":{"query":"{ b }"}}`;
  if (sort === 12) return `${good}${' '.repeat(dice.pick([10, 10_000]))}`;
  // Rarely exceeds the maximum body size, because that takes a quarter of a megabyte.
  return dice.percent(5) ? good + ' '.repeat(300_000) : `\ufeff${good}`;
}

/** Returns headers that a client might send. Node's client accepts all of them. */
export function hostileHeaders(dice: Dice): Record<string, string> {
  return dice.pick<Record<string, string>>([
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'multipart/form-data; boundary=x' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'APPLICATION/JSON' },
    { accept: 'application/graphql-response+json' },
    { accept: 'text/html' },
    { accept: 'image/png' },
    { accept: 'text/event-stream' },
    { accept: 'multipart/mixed' },
    { accept: '*/*;q=0' },
    { authorization: 'Bearer sk_test_nothing' },
    { authorization: 'Basic eDp5' },
    { authorization: '' },
    { authorization: `Bearer ${'x'.repeat(3000)}` },
    { 'x-request-id': 'a'.repeat(129) },
    { 'x-request-id': '../../<b>' },
    { origin: 'https://evil.example' },
    { 'content-encoding': 'gzip' },
    { 'x-forwarded-for': '::1' },
    { cookie: 'a=b' },
  ]);
}
