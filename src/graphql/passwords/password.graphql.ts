import { SALT_POSITIONS } from '../../passwords/hashes/salt-position.js';
import { PASSWORD_HASH_TYPES } from '../../passwords/password-hash.js';
import { builder } from '../builder/builder.js';

/** Returns enum values from a map of names to descriptions. */
function valuesOf<Name extends string>(list: Readonly<Record<Name, string>>) {
  const entries = Object.entries<string>(list).map(([name, description]) => [name, { description }]);
  return Object.fromEntries(entries) as Record<Name, { description: string }>; // fromEntries loses the type of the keys
}

export const PasswordHashType = builder.enumType('PasswordHashType', {
  description: 'The formats of password hashes that can be imported.',
  values: valuesOf(PASSWORD_HASH_TYPES),
});

export const PasswordSaltPosition = builder.enumType('PasswordSaltPosition', {
  description: 'The position of the salt relative to the password in the hashed bytes.',
  values: valuesOf(SALT_POSITIONS),
});
