import { InvalidInputError } from '../domain/errors.js';
import { PROFILE_FIELD_NAMES } from '../domain/profile-fields.js';
import type { MetadataInput } from '../input/metadata.js';
import { SALT_POSITIONS, type SaltPosition } from '../passwords/hashes/salt-position.js';
import { PASSWORD_HASH_TYPES, type PasswordHashType } from '../passwords/password-hash.js';
import type { ImportedUser } from '../users/user-import.js';
import { IS_IMPORTED } from './row.js';

/** Fields that contain a string or null. */
const TEXTS = [...PROFILE_FIELD_NAMES, 'externalId', 'locale', 'passwordHash'] as const;

type Fields = Readonly<Record<string, unknown>>;

/** Returns the row. A line of a rejects file is unwrapped, so that the file can be corrected and imported. */
export function rowIn(value: unknown): unknown {
  return isObject(value) && Array.isArray(value.errors) && isObject(value.row) ? value.row : value;
}

/**
 * Parses a row into a user, with the same types as the GraphQL schema.
 *
 * @param problems receives unknown fields and values of a wrong type, which are omitted from the result
 */
export function parseRow(value: unknown, problems: InvalidInputError[]): ImportedUser {
  const fields = rowIn(value);
  if (!isObject(fields)) {
    problems.push(new InvalidInputError('INVALID_INPUT', 'A row must be a JSON object.', null));
    return { email: '' };
  }
  reportUnknownFields(fields, problems);
  const read = <T>(field: string, wanted: string, is: (given: unknown) => given is T): T | null | undefined => {
    const given = fields[field];
    if (given == null || is(given)) return given as T | null | undefined; // is() or the two empty ones
    problems.push(new InvalidInputError('INVALID_INPUT', `${field} must be ${wanted}.`, [field]));
    return undefined;
  };
  const texts = Object.fromEntries(TEXTS.map((field) => [field, read(field, 'a string', isText)]));
  return {
    ...texts,
    email: read('email', 'a string', isText) ?? '',
    emailVerified: read('emailVerified', 'true or false', isFlag),
    metadata: read('metadata', 'an object of strings', isObject) as MetadataInput | null | undefined, // see parseMetadata
    passwordHashType: read('passwordHashType', oneOf(PASSWORD_HASH_TYPES), isHashType),
    passwordSaltPosition: read('passwordSaltPosition', oneOf(SALT_POSITIONS), isSaltPosition),
  };
}

const HASH_FIELDS = ['passwordHash', 'passwordHashType', 'passwordSaltPosition'];

function reportUnknownFields(fields: Fields, problems: InvalidInputError[]): void {
  for (const field of Object.keys(fields)) {
    if (Object.hasOwn(IS_IMPORTED, field) || HASH_FIELDS.includes(field)) continue;
    const message =
      field === 'password'
        ? 'An import accepts password hashes in passwordHash, but no passwords.'
        : 'This field does not exist.';
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
