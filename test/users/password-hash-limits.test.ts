import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MAX_PASSWORD_HASH_LENGTH,
  type PasswordHashType,
  parsePasswordHash,
} from '../../src/passwords/password-hash.js';
import {
  argon2,
  b64,
  bcrypt,
  FIREBASE_KEY,
  firebase,
  good,
  pbkdf2,
  problemsOf,
  scrypt,
  ssha,
  ssha256,
  TYPES,
  vectors,
} from '../support/users/password-hashes.js';

/** At a limit, and one past it. */
const limits: readonly [PasswordHashType, string, string][] = [
  ['ARGON2', argon2(262_144, 4, 1), argon2(262_145, 1, 1)],
  ['ARGON2', argon2(65_536, 16, 1), argon2(65_536, 17, 1)],
  ['ARGON2', argon2(8, 131_072, 1), argon2(8, 131_073, 1)],
  ['ARGON2', argon2(8, 1, 1), argon2(7, 1, 1)],
  ['ARGON2', argon2(8, 1, 1), argon2(8, 0, 1)],
  ['ARGON2', argon2(128, 1, 16), argon2(136, 1, 17)],
  ['ARGON2', argon2(64, 1, 8), argon2(63, 1, 8)],
  ['ARGON2', argon2(64, 1, 1, b64(8)), argon2(64, 1, 1, b64(7))],
  ['ARGON2', argon2(64, 1, 1, b64(48)), argon2(64, 1, 1, b64(49))],
  ['ARGON2', argon2(64, 1, 1, b64(8), b64(12)), argon2(64, 1, 1, b64(8), b64(11))],
  ['ARGON2', argon2(64, 1, 1, b64(8), b64(64)), argon2(64, 1, 1, b64(8), b64(65))],
  ['BCRYPT', bcrypt('04'), bcrypt('03')],
  ['BCRYPT', bcrypt('14'), bcrypt('15')],
  ['SCRYPT', scrypt(17, 8, 2), scrypt(17, 9, 1)],
  ['SCRYPT', scrypt(20, 1, 2), scrypt(21, 1, 1)],
  ['SCRYPT', scrypt(14, 8, 16), scrypt(14, 8, 17)],
  ['SCRYPT', scrypt(1, 1, 1), scrypt(0, 1, 1)],
  ['SCRYPT', scrypt(1, 1, 1, b64(8)), scrypt(1, 1, 1, b64(7))],
  ['SCRYPT', scrypt(1, 1, 1, b64(64)), scrypt(1, 1, 1, b64(65))],
  ['SCRYPT', scrypt(1, 1, 1, b64(8), b64(16)), scrypt(1, 1, 1, b64(8), b64(15))],
  ['SCRYPT', scrypt(1, 1, 1, b64(8), b64(64)), scrypt(1, 1, 1, b64(8), b64(65))],
  ['FIREBASE_SCRYPT', firebase(8, 14), firebase(9, 14)],
  ['FIREBASE_SCRYPT', firebase(8, 14), firebase(8, 15)],
  ['FIREBASE_SCRYPT', firebase(1, 1), firebase(0, 1)],
  ['FIREBASE_SCRYPT', firebase(8, 14, b64(16), '', b64(1), b64(16)), firebase(8, 14, b64(15), '', b64(1), b64(15))],
  ['FIREBASE_SCRYPT', firebase(8, 14), firebase(8, 14, b64(65), 'Bw', b64(10), b64(65))],
  ['FIREBASE_SCRYPT', firebase(8, 14), firebase(8, 14, FIREBASE_KEY, 'Bw', b64(10), b64(63))],
  ['FIREBASE_SCRYPT', firebase(8, 14, FIREBASE_KEY, b64(16)), firebase(8, 14, FIREBASE_KEY, b64(17))],
  ['FIREBASE_SCRYPT', firebase(8, 14, FIREBASE_KEY, 'Bw', b64(64)), firebase(8, 14, FIREBASE_KEY, 'Bw', b64(65))],
  ['PBKDF2', pbkdf2(2_000_000), pbkdf2(2_000_001)],
  ['PBKDF2', pbkdf2(1), pbkdf2(0)],
  ['PBKDF2', pbkdf2(1_000_000, b64(16), b64(33)), pbkdf2(1_000_001, b64(16), b64(33))],
  ['PBKDF2', pbkdf2(1, b64(8)), pbkdf2(1, b64(7))],
  ['PBKDF2', pbkdf2(1, b64(64)), pbkdf2(1, b64(65))],
  ['PBKDF2', pbkdf2(1, b64(16), b64(12)), pbkdf2(1, b64(16), b64(11))],
  ['PBKDF2', pbkdf2(1, b64(16), b64(64)), pbkdf2(1, b64(16), b64(65))],
  ['SSHA', ssha(4), ssha(3)],
  ['SSHA', ssha(64), ssha(65)],
  ['SSHA256', ssha256(4), ssha256(3)],
  ['SSHA256', ssha256(64), ssha256(65)],
];

test.each(limits)('%s is accepted at a limit and refused one past it: %s', (type, at, past) => {
  expect(problemsOf(type, at)).toEqual([]);
  expect(problemsOf(type, past)).toMatchObject([{ code: 'INVALID_PASSWORD_HASH', path: ['passwordHash'] }]);
});

describe.each(TYPES)('%s', (type) => {
  test.each(TYPES.filter((other) => other !== type))('is not a hash of the type %s', (other) => {
    expect(problemsOf(type, good[other])).toHaveLength(1);
  });

  test.each([
    ['nothing', ''],
    ['blanks around it', ` ${good[type]}`],
    ['a line end', `${good[type]}\n`],
    ['a null byte', `${good[type]}\0`],
    ['half of it', good[type].slice(0, good[type].length / 2)],
    ['another dollar', `${good[type]}$`],
    ['the plain password', 'correct horse battery staple'],
    ['a text that is too long', good[type].padEnd(MAX_PASSWORD_HASH_LENGTH + 1, 'A')],
  ])('is not %s', (_, hash) => {
    expect(problemsOf(type, hash)).toHaveLength(1);
  });

  test('is stored in one spelling, and any text is handled', () => {
    const stored = (hash: string) => parsePasswordHash(type, hash, null, [])?.hash;
    expect(stored(good[type])).toBe(good[type]);
    const texts = vectors.filter((vector) => vector.type === type).map(({ hash }) => hash);
    const mutilated = fc
      .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(3), fc.string({ maxLength: 3 }))
      .map(([text, at, cut, put]) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + put + text.slice(start + cut);
      });
    fc.assert(
      fc.property(fc.oneof(mutilated, fc.string()), (text) => {
        const once = stored(text);
        if (once === undefined) expect(problemsOf(type, text)).toHaveLength(1);
        else expect(stored(once)).toBe(once);
      }),
      { numRuns: 300 },
    );
  });
});

test.each<[PasswordHashType, string]>([
  ['ARGON2', argon2(19_456, 2, 1).replace('v=19', 'v=18')],
  ['ARGON2', argon2(19_456, 2, 1).replace('m=', 'm=0')],
  ['ARGON2', argon2(19_456, 2, 1).replace('m=19456,t=2', 't=2,m=19456')],
  ['ARGON2', argon2(19_456, 2, 1).replace('argon2id', 'argon2x')],
  ['ARGON2', argon2(64, 1, 1, b64(9).replace('B', '-'))],
  ['ARGON2', argon2(64, 1, 1, `${b64(8).slice(0, -1)}V`)],
  ['ARGON2', argon2(99_999_999_999, 1, 1)],
  ['BCRYPT', bcrypt('10').replace('2b', '2x')],
  ['BCRYPT', bcrypt('10').replace('2b', '2')],
  ['BCRYPT', bcrypt('31')],
  ['BCRYPT', bcrypt('10', `${'a'.repeat(21)}f`)],
  ['BCRYPT', bcrypt('10', undefined, `${'b'.repeat(30)}v`)],
  ['SCRYPT', '$s0$f0801$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA=='],
  ['PBKDF2', pbkdf2('1,l=31')],
  ['PBKDF2', `$pbkdf2$i=6400$${b64(16)}$${b64(32)}`],
  ['PBKDF2', pbkdf2('1').replace('sha256', 'md5')],
  ['SSHA', `{SSHA}${b64(28)}=`],
])('%s refuses %s', (type, hash) => {
  expect(problemsOf(type, hash)).toHaveLength(1);
});
