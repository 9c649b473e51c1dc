import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Instant, parseInstant, toInstant } from '../../src/runtime/clock.js';
import { makeUser } from '../support/make.js';
import { runs } from '../support/runs.js';
import { testApp } from '../support/test-app.js';

const CREATE_KEY = `mutation ($end: DateTime) {
  createApiKey(input: { name: "a", scopes: ["users:read"], expiresAt: $end }) { apiKey { expiresAt } errors { __typename } }
}`;

/** Values that are not RFC 3339 instants, or that the server cannot store. */
const INVALID = {
  'a 30th of February': '2027-02-30T00:00:00Z',
  'a 29th of February without a leap year': '2027-02-29T00:00:00Z',
  'a 29th of February of a century': '2100-02-29T00:00:00Z',
  'a 31st of a month of 30 days': '2027-04-31T00:00:00Z',
  'month 13': '2027-13-01T00:00:00Z',
  'month 0': '2027-00-01T00:00:00Z',
  'day 0': '2027-01-00T00:00:00Z',
  'hour 24': '2027-01-31T24:00:00Z',
  'minute 60': '2027-01-31T12:60:00Z',
  'second 61': '2026-12-31T23:59:61Z',
  'second 60 in the middle of a day': '2027-01-31T12:00:60Z',
  'second 60 at the end of a day': '2027-01-31T23:59:60Z',
  'second 60 at the end of June, but not of UTC': '2027-06-30T23:59:60+01:00',
  'an offset of 24 hours': '2027-01-31T12:00:00+24:00',
  'an offset of 99:99': '2027-01-31T12:00:00+99:99',
  'an offset with minute 60': '2027-01-31T12:00:00-01:60',
  'a year of six digits': '+010000-01-01T00:00:00Z',
  'a day without a time': '2027-01-31',
  'a time without an offset': '2027-01-31T12:00:00',
  'an offset without a colon': '2027-01-31T12:00:00+0100',
  'a space in place of the T': '2027-01-31 12:00:00Z',
  'a fraction without digits': '2027-01-31T12:00:00.Z',
  'a line feed at the end': '2027-01-31T12:00:00Z\n',
};

describe.each(Object.entries(INVALID))('%s', (_, text) => {
  test('is refused as the expiry of a key and in a filter, as a variable and as a literal', async () => {
    const { client } = await testApp();
    const execute = await client();
    const literal = JSON.stringify(text);
    const answers = [
      await execute(CREATE_KEY, { end: text }),
      await execute(CREATE_KEY.replace('$end: DateTime', '$no: Int').replace('$end', literal)),
      await execute('query ($at: DateTime) { users(filter: { createdAt: { lt: $at } }) { totalCount } }', { at: text }),
      await execute(`{ events(filter: { createdAt: { gte: ${literal} } }) { nodes { id } } }`),
    ];
    for (const { data, errors } of answers) {
      expect(data).toBeUndefined();
      expect(errors?.[0]?.message).toMatch(/A DateTime must be an RFC 3339 date and time that exists/);
      expect(errors?.[0]?.extensions.code).toMatch(/^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/);
    }
    const { data } = await execute('{ apiKeys { totalCount } }');
    expect(data.apiKeys.totalCount).toBe(1);
  });
});

test.each([
  ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['2027-01-31t12:00:00.5z', '2027-01-31T12:00:00.500Z'],
  ['2027-01-31T12:00:00.123999999Z', '2027-01-31T12:00:00.123Z'],
  ['2027-01-31T12:00:00+23:59', '2027-01-30T12:01:00.000Z'],
  ['2027-01-31T12:00:00-00:00', '2027-01-31T12:00:00.000Z'],
  // RFC 3339, section 5.8 shows the leap second of 1990 in two offsets. No leap second is announced for these years.
  ['2035-12-31T23:59:60Z', '2036-01-01T00:00:00.000Z'],
  ['2035-12-31T15:59:60-08:00', '2036-01-01T00:00:00.000Z'],
  ['2035-06-30T23:59:60.5Z', '2035-07-01T00:00:00.500Z'],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
])('reads %s as %s', async (given, wanted) => {
  const { client } = await testApp();
  const { data } = await (await client())(CREATE_KEY, { end: given });
  expect(data.createApiKey).toEqual({ apiKey: { expiresAt: wanted }, errors: [] });
});

test('filters accept an offset that leads out of the storable years, and the expiry of a key does not', async () => {
  const { client } = await testApp();
  const execute = await client();
  await makeUser(execute, { email: 'ada@example.com' });
  const found = async (filter: object) => {
    const query =
      'query ($at: DateTimeFilter) { users(filter: { createdAt: $at }) { totalCount } events(filter: { createdAt: $at, types: [USER_CREATED] }) { nodes { id } } }';
    const { data, errors } = await execute(query, { at: filter });
    expect(errors).toBeUndefined();
    return [data.users.totalCount, data.events.nodes.length];
  };
  for (const [before, after] of [
    ['0000-01-01T00:00:00+23:59', '9999-12-31T23:59:59-23:59'],
    ['0000-01-01T00:00:00Z', '9999-12-31T23:59:60Z'],
  ]) {
    expect(await found({ gte: before, lt: after })).toEqual([1, 1]);
    expect(await found({ gt: before, lte: after })).toEqual([1, 1]);
    for (const filter of [{ lt: before }, { lte: before }, { gt: after }, { gte: after }]) {
      expect([filter, await found(filter)]).toEqual([filter, [0, 0]]);
    }
  }
  const key = CREATE_KEY.replace('__typename', '... on MutationError { code path message }');
  for (const end of ['9999-12-31T23:59:59-00:01', '9999-12-31T23:59:60Z', '0000-01-01T00:00:00+00:01']) {
    const { data } = await execute(key, { end });
    const message = 'expiresAt must be in the future and before the year 10000 in UTC.';
    const errors = [{ code: 'INVALID_INPUT', path: ['expiresAt'], message }];
    expect(data.createApiKey).toEqual({ apiKey: null, errors });
  }
});

/** Returns the number of days of a month, computed without `Date`. */
function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function padded(number: number, length = 2): string {
  return String(number).padStart(length, '0');
}

test('accepts exactly the days and times of the calendar', () => {
  const parts = fc.record({
    year: fc.oneof(fc.integer({ min: 1, max: 9998 }), fc.constantFrom(1900, 2000, 2024, 2100)),
    month: fc.integer({ min: 0, max: 13 }),
    day: fc.integer({ min: 0, max: 32 }),
    hour: fc.integer({ min: 0, max: 25 }),
    minute: fc.integer({ min: 0, max: 61 }),
    second: fc.integer({ min: 0, max: 59 }),
  });
  fc.assert(
    fc.property(parts, ({ year, month, day, hour, minute, second }) => {
      const written = `${padded(year, 4)}-${padded(month)}-${padded(day)}T${padded(hour)}:${padded(minute)}:${padded(second)}`;
      const isValid = month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month) && hour <= 23 && minute <= 59;
      expect(parseInstant(`${written}Z`)).toBe(isValid ? `${written}.000Z` : null);
    }),
    { numRuns: runs(1_000, 20_000) },
  );
});

test('reads an instant the same in every offset', () => {
  const dayMs = 86_400_000;
  const ms = fc.integer({ min: -62_167_219_200_000 + dayMs, max: 253_402_300_799_999 - dayMs });
  const offset = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
  fc.assert(
    fc.property(ms, offset, (at, minutes) => {
      const size = Math.abs(minutes);
      const zone = `${minutes < 0 ? '-' : '+'}${padded(Math.floor(size / 60))}:${padded(size % 60)}`;
      const local: Instant = toInstant(at + minutes * 60_000);
      expect(parseInstant(local.replace('Z', zone))).toBe(toInstant(at));
    }),
    { numRuns: runs(500, 10_000) },
  );
});
