import { type DomainError, InvalidInputError } from '../errors.js';
import { parseMetadata, patchMetadata } from '../metadata.js';
import { checkExternalId, checkName, checkUnicode } from '../text.js';
import { type NewUser, normalizeEmail, parseEmail, parseLocale, type User, type UserPatch } from './user.js';

/** What callers give of a user; the rest is the server's. */
export type UserValues = Omit<User, 'id' | 'version' | 'createdAt' | 'updatedAt'>;

/** What a user cannot be without once it is there: null is no way to clear it. */
const LASTING = [
  'email',
  'emailVerified',
  'password',
  'passwordHash',
  'passwordHashType',
  'passwordSaltPosition',
] as const satisfies readonly (keyof UserPatch)[];

/** An input that was looked at. */
export interface Parsed {
  readonly values: UserValues;
  /** Everything that is wrong, not only the first. */
  readonly problems: DomainError[];
}

/** Checks the input of a new user and fills what was left out. */
export function parseNewUser(input: NewUser): Parsed {
  const problems: InvalidInputError[] = [];
  const values: UserValues = {
    email: parseEmail(input.email, problems),
    emailVerified: input.emailVerified ?? false,
    firstName: input.firstName ?? null,
    lastName: input.lastName ?? null,
    name: input.name ?? null,
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

/** Checks a patch against the user it is for: left out stays, null clears what can be empty. */
export function parsePatch(user: User, patch: UserPatch): Parsed {
  const problems: InvalidInputError[] = [];
  for (const field of LASTING) {
    if (patch[field] !== null) continue;
    const message = `${field} cannot be cleared: leave it out to keep it.`;
    problems.push(new InvalidInputError('INVALID_INPUT', message, [field]));
  }
  const email = patch.email == null ? user.email : parseEmail(patch.email, problems);
  const isNewAddress = normalizeEmail(email) !== normalizeEmail(user.email);
  const values: UserValues = {
    email,
    // A new address is unproven, unless the same call vouches for it (contract A8).
    emailVerified: patch.emailVerified ?? (isNewAddress ? false : user.emailVerified),
    firstName: patched(patch.firstName, user.firstName),
    lastName: patched(patch.lastName, user.lastName),
    name: patched(patch.name, user.name),
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

/** The password and its hash are judged by `PasswordService`. */
function withoutPassword({ password: _, passwordHash: __, ...rest }: Partial<NewUser> | UserPatch): object {
  return rest;
}

/** What an attacker knows of the person, and a password should not be made of. */
export function personalWords(values: UserValues): string[] {
  return [values.email, values.email.split('@')[0], values.firstName, values.lastName, values.name].filter(
    (word): word is string => !!word,
  );
}

function patched<T>(given: T | null | undefined, current: T | null): T | null {
  return given === undefined ? current : given;
}

function checkTexts(values: UserValues, problems: InvalidInputError[]): void {
  checkName('firstName', values.firstName, problems);
  checkName('lastName', values.lastName, problems);
  checkName('name', values.name, problems);
  checkExternalId(values.externalId, problems);
}
