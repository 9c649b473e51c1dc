import {
  type GraphQLInputField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Dice } from './dice.js';
import type { Known } from './known.js';

/** An enum value: a name in a document and a string in JSON. */
export class EnumName {
  constructor(readonly name: string) {}

  toJSON(): string {
    return this.name;
  }
}

export type Value = null | boolean | number | string | EnumName | readonly Value[] | { readonly [name: string]: Value };

/**
 * Texts that often break programs: unpaired surrogates, NUL, bidirectional marks, combining characters, markup and SQL.
 */
const EDGES = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '\u202eevil',
  '\ufeff',
  '\u2028\u2029',
  'e\u0301',
  'İstanbul',
  'ß',
  'ǅ',
  'Å',
  '👩‍👩‍👧‍👦',
  '𝕌𝕟𝕚',
  '\uffff',
  'ﷺ',
  '٣',
  '__proto__',
  'constructor',
  'toString',
  "'; drop table users;--",
  '%',
  '_',
  '*',
  '"',
  '""',
  'a OR b',
  'NOT',
  'NEAR(a b, 2)',
  'email:*',
  '(((',
  '"""',
  '\\',
  '\\u0000',
  '<script>',
  '\r\n',
  'null',
  'NaN',
  '-0',
] as const;

/** Lengths around the limits of the schema, and far above them. */
const LENGTHS = [
  1, 9, 10, 39, 40, 41, 63, 64, 65, 127, 128, 129, 254, 255, 256, 257, 512, 513, 600, 601, 1000, 1001, 2048, 2049, 8000,
] as const;

const INTEGERS = [0, 1, 2, 3, 5, -1, 20, 99, 100, 101, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53, 1e20, 1.5] as const;

const MAX_DEPTH = 6;

/**
 * Draws a value for an input: a typical value, an edge case, or one of a wrong type. The name of the field determines
 * typical values: an `email` is mostly an address, and a `userId` mostly the ID of an existing user.
 *
 * @param wrongPercent the percentage of values with a wrong type
 */
export function drawValue(type: GraphQLInputType, name: string, dice: Dice, known: Known, wrongPercent: number): Value {
  return build(type, name, 0);

  function build(wanted: GraphQLInputType, label: string, depth: number): Value {
    if (dice.percent(wrongPercent)) return anyJson(dice, 0);
    if (isNonNullType(wanted)) return build(wanted.ofType, label, depth);
    if (dice.percent(3)) return null;
    if (isListType(wanted)) {
      const item = wanted.ofType;
      // GraphQL coerces a single value to a list.
      if (dice.percent(5)) return build(item, label, depth + 1);
      const length =
        depth > 3
          ? 0
          : dice.weighted<number>([
              [60, dice.between(0, 3)],
              [1, 25],
            ]);
      return Array.from({ length }, () => build(item, label, depth + 1));
    }
    if (isInputObjectType(wanted)) return object(Object.values(wanted.getFields()), depth);
    if (isEnumType(wanted)) return new EnumName(dice.pick(wanted.getValues()).name);
    return leaf(wanted.name, label);
  }

  function object(fields: readonly GraphQLInputField[], depth: number): Value {
    const chance = depth === 0 ? 45 : depth > MAX_DEPTH ? 0 : 25;
    const given = fields.filter(
      ({ type: fieldType, defaultValue }) =>
        (isNonNullType(fieldType) && defaultValue === undefined) || dice.percent(chance),
    );
    return Object.fromEntries(
      given
        // Hashing a password takes the server at least 30 ms, so passwords are rare.
        .filter(({ name: field }) => !/^password/i.test(field) || dice.percent(2))
        .map((field) => [field.name, build(field.type, field.name, depth + 1)]),
    );
  }

  function leaf(scalar: string, label: string): Value {
    switch (scalar) {
      case 'Boolean':
        return dice.percent(50);
      case 'Int':
        return dice.percent(70) ? dice.between(1, 5) : dice.pick(INTEGERS);
      case 'Float':
        return dice.pick(INTEGERS);
      case 'DateTime':
        return dice.percent(80) ? `20${dice.between(10, 40)}-01-15T12:00:00.000Z` : text(dice);
      case 'URL':
        return dice.percent(80) ? `https://app.example/${dice.below(1000)}` : text(dice);
      case 'Metadata':
        return metadata(dice);
      default:
        return named(scalar, label, dice, known);
    }
  }
}

function named(scalar: string, label: string, dice: Dice, known: Known): Value {
  if (dice.percent(12)) return text(dice);
  if (/email/i.test(label)) {
    return dice.percent(50)
      ? known.pick(dice, 'email')
      : `${dice.pick(['ada', 'Zoë', 'X'])}${dice.below(1e6)}@example.com`;
  }
  if (/externalId/i.test(label)) return dice.percent(50) ? known.pick(dice, 'externalId') : `ext-${dice.below(1e6)}`;
  if (/after|before/i.test(label)) return known.pick(dice, 'cursor');
  if (/application/i.test(label)) return known.pick(dice, dice.percent(80) ? 'conn_app' : 'client');
  if (/organization/i.test(label)) return known.pick(dice, 'org');
  if (/membership/i.test(label)) return known.pick(dice, 'om');
  if (/key/i.test(label) && scalar === 'ID') return known.pick(dice, 'api_key');
  if (scalar === 'ID') return dice.percent(60) ? known.pick(dice, 'user') : known.pickId(dice);
  if (/code/i.test(label)) return String(dice.between(100_000, 999_999));
  if (/locale/i.test(label)) return dice.pick(['en', 'de-DE', 'pt-br', 'x', 'zh-Hant-TW']);
  if (/roles?/i.test(label)) return dice.pick(['member', 'admin', 'a:b', 'Ä']);
  if (/password/i.test(label)) return dice.pick(['short', 'Zq7!vbN-4471-hxp-0q', 'password1234', 'x'.repeat(257)]);
  if (/hash/i.test(label)) return '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';
  return dice.percent(70)
    ? dice.pick(['Ada', 'Bob', 'openid', 'users:read', 'plan', 'Zoë', '山田', 'text'])
    : text(dice);
}

function metadata(dice: Dice): Value {
  const size = dice.weighted<number>([
    [40, dice.between(0, 4)],
    [1, 50],
    [1, 51],
  ]);
  const entries = Array.from({ length: size }, (_, index): [string, Value] => {
    const key = dice.percent(85) ? `key${index}` : text(dice);
    return [
      key,
      dice.weighted<Value>([
        [80, 'value'],
        [10, text(dice)],
        [5, null],
        [5, anyJson(dice, 3)],
      ]),
    ];
  });
  return Object.fromEntries(entries);
}

/** Returns a text: plain, an edge case, or with the length of a limit. */
export function text(dice: Dice): string {
  const edge = dice.pick(EDGES);
  const sort = dice.below(10);
  if (sort < 5) return edge;
  if (sort < 8) return `${dice.pick(['a', 'ab c', 'x@y.z'])}${edge}`;
  const unit = dice.pick(['x', 'é', '🦊', edge === '' ? 'y' : edge]);
  return unit.repeat(Math.ceil(dice.pick(LENGTHS) / unit.length));
}

/** Returns any JSON value, whatever the expected type is. */
export function anyJson(dice: Dice, depth: number): Value {
  const sort = dice.below(depth > 3 ? 5 : 7);
  if (sort === 0) return null;
  if (sort === 1) return dice.percent(50);
  if (sort === 2) return dice.pick(INTEGERS);
  if (sort < 5) return text(dice);
  const length = dice.below(4);
  if (sort === 5) return Array.from({ length }, () => anyJson(dice, depth + 1));
  return Object.fromEntries(
    Array.from({ length }, (_, index) => [dice.percent(90) ? `f${index}` : text(dice), anyJson(dice, depth + 1)]),
  );
}

/** Returns the value as a GraphQL literal. */
export function printValue(value: Value): string {
  if (value instanceof EnumName) return value.name;
  if (Array.isArray(value)) return `[${value.map(printValue).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => {
    // A metadata key may not be a GraphQL name. Its JSON spelling is a syntax error, which tests the parser too.
    return `${/^[_A-Za-z]\w*$/.test(name) ? name : JSON.stringify(name)}: ${printValue(field)}`;
  });
  return `{${fields.join(', ')}}`;
}
