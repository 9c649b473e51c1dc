/** Where the salt was added before hashing. */
export const SALT_POSITIONS = {
  PREFIX: 'The salt precedes the password.',
  SUFFIX: 'The salt follows the password, as in LDAP directories.',
} as const;

export type SaltPosition = keyof typeof SALT_POSITIONS;
