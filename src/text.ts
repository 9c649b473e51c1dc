import { InvalidInputError } from './errors.js';

/** No limit of names is published; a named one keeps a row and an answer bounded. Counted in UTF-16 units. */
export const MAX_NAME_LENGTH = 255;

/** Longest address that is taken, in UTF-16 units. */
export const MAX_URL_LENGTH = 2_048;

/** WorkOS contract, section 1: OpenAPI `maxLength` and `pattern` of `external_id`. */
export const MAX_EXTERNAL_ID_LENGTH = 128;

/** Complains when `value` is longer than a name may be. */
export function checkName(field: string, value: string | null | undefined, problems: InvalidInputError[]): void {
  if (value == null || value.length <= MAX_NAME_LENGTH) return;
  const message = `${field} has at most ${MAX_NAME_LENGTH} characters; this one has ${value.length}.`;
  problems.push(new InvalidInputError('INVALID_INPUT', message, [field]));
}

/** Complains when a name that has to be there is blank or too long. */
export function checkRequiredName(field: string, value: string, problems: InvalidInputError[]): void {
  if (value.trim() === '') problems.push(new InvalidInputError('INVALID_INPUT', `${field} is not empty.`, [field]));
  checkName(field, value, problems);
}

/** Complains when `value` is not a possible external id: 1 to 128 ASCII characters. */
export function checkExternalId(value: string | null | undefined, problems: InvalidInputError[]): void {
  if (value == null) return;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the contract's own pattern allows all of ASCII.
  if (value.length >= 1 && value.length <= MAX_EXTERNAL_ID_LENGTH && /^[\x00-\x7f]+$/.test(value)) return;
  const message = `An external id has 1 to ${MAX_EXTERNAL_ID_LENGTH} ASCII characters.`;
  problems.push(new InvalidInputError('INVALID_EXTERNAL_ID', message, ['externalId']));
}
