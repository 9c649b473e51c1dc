import { InvalidInputError } from '../errors.js';
import type { MetadataInput } from '../metadata.js';
import { PASSWORD_HASH_TYPES, type PasswordHashType } from '../passwords/password-hash.js';
import { SALT_POSITIONS, type SaltPosition } from '../passwords/salt-position.js';
import type { ImportedUser } from '../users/user-import.js';
import { SERVER_FIELDS } from './row.js';

/** Fields that hold a text or null. */
const TEXTS = ['firstName', 'lastName', 'name', 'externalId', 'locale', 'passwordHash'] as const;

type Fields = Readonly<Record<string, unknown>>;

/** The row itself: a line of a file of refused rows stands for the row in it, so that it can be mended and imported. */
export function rowIn(value: unknown): unknown {
  return isObject(value) && Array.isArray(value.errors) && isObject(value.row) ? value.row : value;
}

/**
 * The user a row of a file describes, with the types that the graph would insist on.
 *
 * @param problems gets what is not of its type, or no field at all; such a value is left out
 */
export function parseRow(value: unknown, problems: InvalidInputError[]): ImportedUser {
  const fields = rowIn(value);
  if (!isObject(fields)) {
    problems.push(new InvalidInputError('INVALID_INPUT', 'A row is a JSON object.', null));
    return { email: '' };
  }
  complainOfUnknown(fields, problems);
  const read = <T>(field: string, wanted: string, is: (given: unknown) => given is T): T | null | undefined => {
    const given = fields[field];
    if (given == null || is(given)) return given as T | null | undefined; // is() or the two empty ones
    problems.push(new InvalidInputError('INVALID_INPUT', `${field} is ${wanted}.`, [field]));
    return undefined;
  };
  const texts = Object.fromEntries(TEXTS.map((field) => [field, read(field, 'a text', isText)]));
  return {
    ...texts,
    email: read('email', 'a text', isText) ?? '',
    emailVerified: read('emailVerified', 'true or false', isFlag),
    metadata: read('metadata', 'an object of texts', isObject) as MetadataInput | null | undefined, // parseMetadata judges it
    passwordHashType: read('passwordHashType', oneOf(PASSWORD_HASH_TYPES), isHashType),
    passwordSaltPosition: read('passwordSaltPosition', oneOf(SALT_POSITIONS), isSaltPosition),
  };
}

const KNOWN = new Set<string>([
  ...TEXTS,
  ...SERVER_FIELDS,
  'email',
  'emailVerified',
  'metadata',
  'passwordHashType',
  'passwordSaltPosition',
]);

function complainOfUnknown(fields: Fields, problems: InvalidInputError[]): void {
  for (const field of Object.keys(fields)) {
    if (KNOWN.has(field)) continue;
    const message =
      field === 'password'
        ? 'An import takes hashes of passwords, in passwordHash, and no passwords.'
        : 'There is no such field.';
    problems.push(new InvalidInputError('INVALID_INPUT', message, [field]));
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isHashType(value: unknown): value is PasswordHashType {
  return isText(value) && Object.hasOwn(PASSWORD_HASH_TYPES, value);
}

function isSaltPosition(value: unknown): value is SaltPosition {
  return isText(value) && Object.hasOwn(SALT_POSITIONS, value);
}

function oneOf(list: object): string {
  return `one of ${Object.keys(list).join(', ')}`;
}
