import type { DomainError, InvalidInputError } from '../domain/errors.js';
import { forEachField, PROFILE_FIELD_NAMES } from '../domain/profile-fields.js';
import { parseMetadata, patchMetadata } from '../input/metadata.js';
import { patched, refuseNulls } from '../input/patch.js';
import { checkExternalId, checkName, checkUnicode } from '../input/text.js';
import { type NewUser, normalizeEmail, parseEmail, parseLocale, type User, type UserPatch } from './user.js';

/** The fields of a user except those that the server sets. */
export type UserValues = Omit<User, 'id' | 'version' | 'createdAt' | 'updatedAt'>;

/** The fields of a patch that cannot be cleared with null. */
const NOT_NULLABLE = [
  'email',
  'emailVerified',
  'password',
  'passwordHash',
  'passwordHashType',
  'passwordSaltPosition',
] as const satisfies readonly (keyof UserPatch)[];

/** A validated input. */
export interface Parsed {
  readonly values: UserValues;
  /** All problems of the input, not only the first. */
  readonly problems: DomainError[];
}

/** Validates the input of a new user and applies defaults. */
export function parseNewUser(input: NewUser): Parsed {
  const problems: InvalidInputError[] = [];
  const values: UserValues = {
    email: parseEmail(input.email, problems),
    emailVerified: input.emailVerified ?? false,
    ...forEachField((field) => input[field] ?? null),
    profilePictureUrl: null,
    locale: input.locale == null ? null : parseLocale(input.locale, problems),
    lastSignInAt: null,
    externalId: input.externalId ?? null,
    metadata: parseMetadata(input.metadata ?? null, problems),
  };
  checkTexts(values, problems);
  checkUnicode(withoutPassword(input), problems);
  return { values, problems };
}

/** Validates a patch and applies it to a user. Undefined keeps a field, null clears it. */
export function parsePatch(user: User, patch: UserPatch): Parsed {
  const problems: InvalidInputError[] = [];
  refuseNulls(patch, NOT_NULLABLE, problems);
  const email = patch.email == null ? user.email : parseEmail(patch.email, problems);
  const isNewAddress = normalizeEmail(email) !== normalizeEmail(user.email);
  const values: UserValues = {
    email,
    // A new address is unverified, unless the same call sets `emailVerified` (contract A8).
    emailVerified: patch.emailVerified ?? (isNewAddress ? false : user.emailVerified),
    ...forEachField((field) => patched(patch[field], user[field])),
    profilePictureUrl: user.profilePictureUrl,
    locale: patch.locale == null ? patched(patch.locale, user.locale) : parseLocale(patch.locale, problems),
    lastSignInAt: user.lastSignInAt,
    externalId: patched(patch.externalId, user.externalId),
    metadata: patch.metadata === undefined ? user.metadata : patchMetadata(user.metadata, patch.metadata, problems),
  };
  checkTexts(values, problems);
  checkUnicode(withoutPassword(patch), problems);
  return { values, problems };
}

/** The input without password and hash, which `PasswordService` validates. */
function withoutPassword({ password: _, passwordHash: __, ...rest }: Partial<NewUser> | UserPatch): object {
  return rest;
}

/** Words that an attacker can know about the user. A password that consists of them is weak. */
export function personalWords(values: UserValues): string[] {
  return [values.email, values.email.split('@')[0], values.firstName, values.lastName, values.name].filter(
    (word): word is string => !!word,
  );
}

function checkTexts(values: UserValues, problems: InvalidInputError[]): void {
  for (const field of PROFILE_FIELD_NAMES) checkName(field, values[field], problems);
  checkExternalId(values.externalId, problems);
}
