import { builder } from '../graphql/builder.js';
import { PASSWORD_HASH_TYPES } from './password-hash.js';
import { SALT_POSITIONS } from './salt-position.js';

/** The enum of a closed list: its keys, each with its description. */
function valuesOf<Name extends string>(list: Readonly<Record<Name, string>>) {
  const entries = Object.entries<string>(list).map(([name, description]) => [name, { description }]);
  return Object.fromEntries(entries) as Record<Name, { description: string }>; // fromEntries forgets the keys it was given
}

export const PasswordHashType = builder.enumType('PasswordHashType', {
  description: 'How a password from another system was hashed.',
  values: valuesOf(PASSWORD_HASH_TYPES),
});

export const PasswordSaltPosition = builder.enumType('PasswordSaltPosition', {
  description: 'Where the salt stood in what was digested.',
  values: valuesOf(SALT_POSITIONS),
});
