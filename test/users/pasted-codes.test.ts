import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCode } from '../../src/one-time-codes/one-time-code.js';
import { makeUser } from '../support/make.js';
import { codeIn, type Execute, type TestApp, testApp } from '../support/test-app.js';

/** The two doors a code is given at, and how it is sent. */
const DOORS = {
  verifyEmail: { send: 'sendVerificationEmail', more: {} },
  confirmEmailChange: { send: 'sendEmailChange', more: { newEmail: 'new@example.com' } },
} as const;
type Door = keyof typeof DOORS;

const doors = Object.keys(DOORS) as Door[]; // the keys of DOORS are what keys gives

async function give(execute: Execute, door: Door, userId: string, code: string) {
  const type = `${door[0]?.toUpperCase()}${door.slice(1)}Input`;
  const { data } = await execute(
    `mutation ($input: ${type}!) { ${door}(input: $input) { user { id }
      errors { ... on MutationError { code path } ... on VerificationCodeError { attemptsRemaining } } } }`,
    { input: { userId, code } },
  );
  return data[door];
}

async function sendCode({ mails }: TestApp, execute: Execute, door: Door, userId: string): Promise<string> {
  const { send, more } = DOORS[door];
  const type = `${send[0]?.toUpperCase()}${send.slice(1)}Input`;
  const { data } = await execute(
    `mutation ($input: ${type}!) { ${send}(input: $input) { errors { ... on MutationError { code } } } }`,
    { input: { userId, ...more } },
  );
  expect(data[send].errors).toEqual([]);
  return codeIn(mails.at(-1));
}

const shifted = (zero: number) => (code: string) => code.replace(/\d/g, (digit) => String.fromCodePoint(zero + +digit));

const PASTES: Record<string, (code: string) => string> = {
  'blanks around it': (code) => ` ${code} `,
  'a line end': (code) => `${code}\r\n`,
  'a blank in the middle': (code) => `${code.slice(0, 3)} ${code.slice(3)}`,
  'a hyphen': (code) => `${code.slice(0, 3)}-${code.slice(3)}`,
  'an en dash between no-break spaces': (code) => `${code.slice(0, 3)}\u00a0\u2013\u00a0${code.slice(3)}`,
  'a minus sign': (code) => `${code.slice(0, 3)}\u2212${code.slice(3)}`,
  'signs that cannot be seen': (code) => `\u200f\ufeff${[...code].join('\u200b')}\u2069`,
  'an ideographic space and full-width digits': (code) => `\u3000${shifted(0xff10)(code)}`,
  'Arabic-Indic digits': shifted(0x0660),
  'Persian digits': shifted(0x06f0),
  'Devanagari digits': shifted(0x0966),
  'mathematical digits': shifted(0x1d7ec),
};

test.each(doors.flatMap((door) => Object.keys(PASTES).map((paste) => [door, paste] as const)))(
  '%s takes a code with %s',
  async (door, paste) => {
    const app = await testApp();
    const execute = await app.client();
    const userId = await makeUser(execute, { email: 'ada@example.com' });
    const code = await sendCode(app, execute, door, userId);
    expect(await give(execute, door, userId, PASTES[paste]?.(code) ?? '')).toEqual({
      user: { id: userId },
      errors: [],
    });
  },
);

const MALFORMED = ['', '12345', '1234567', '12345a', '123.456', '１２３４５', '①②③④⑤⑥', '1e5', '+12345', '½23456'];

test.each(doors)('a malformed code costs %s no try and no statement', async (door) => {
  const app = await testApp();
  const execute = await app.client();
  const userId = await makeUser(execute, { email: 'ada@example.com' });
  const silent = await makeUser(execute, { email: 'silent@example.com' });
  const code = await sendCode(app, execute, door, userId);
  const nobody = `${userId.slice(0, -2)}ZZ`;
  const costs = new Set<number>();
  for (const text of [...MALFORMED, code.slice(1), `${code}0`]) {
    for (const whose of [userId, silent, nobody]) {
      app.statements.length = 0;
      const { errors } = await give(execute, door, whose, text);
      expect(errors).toEqual([{ code: 'INVALID_INPUT', path: ['code'] }]);
      costs.add(app.statements.filter((sql) => /users|one_time_codes/.test(sql)).length);
    }
  }
  expect([...costs]).toEqual([0]);
  expect((await give(execute, door, userId, code)).errors).toEqual([]);
});

test.each(doors)('five wrong codes lock %s in any notation, and malformed codes do not count', async (door) => {
  const app = await testApp();
  const execute = await app.client();
  const userId = await makeUser(execute, { email: 'ada@example.com' });
  const code = await sendCode(app, execute, door, userId);
  const wrong = code === '000000' ? '000001' : '000000';
  const pastes = ['a hyphen', 'Arabic-Indic digits', 'a line end', 'a minus sign', 'blanks around it'];
  for (const [index, paste] of pastes.entries()) {
    expect((await give(execute, door, userId, '12345')).errors).toMatchObject([{ code: 'INVALID_INPUT' }]);
    expect((await give(execute, door, userId, PASTES[paste]?.(wrong) ?? '')).errors).toMatchObject([
      { code: 'VERIFICATION_CODE_INCORRECT', attemptsRemaining: 4 - index },
    ]);
  }
  expect((await give(execute, door, userId, '12345')).errors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  expect((await give(execute, door, userId, code)).errors).toMatchObject([{ code: 'TOO_MANY_REQUESTS' }]);
});

test('every Unicode decimal digit is read as its value', () => {
  // Node knows the value of a digit by its name only; that each script has its ten in order is a rule of Unicode.
  const digits = Array.from({ length: 0x110000 }, (_, point) => point)
    .filter((point) => point < 0xd800 || point > 0xdfff)
    .map((point) => String.fromCodePoint(point))
    .filter((text) => /\p{Nd}/u.test(text));
  expect(digits.length % 10).toBe(0);
  expect(digits.map((digit) => parseCode(`00000${digit}`))).toEqual(digits.map((_, index) => `00000${index % 10}`));
});

test('spaces, dashes and invisible characters are ignored', () => {
  const noise = fc.stringMatching(/^[\s\p{Cf}\p{Dash}]{0,4}$/u);
  const code = fc.stringMatching(/^\d{6}$/);
  fc.assert(
    fc.property(code, fc.array(noise, { minLength: 7, maxLength: 7 }), (digits, around) => {
      const text = around.map((part, index) => part + (digits[index] ?? '')).join('');
      expect(parseCode(text)).toBe(digits);
    }),
  );
});
