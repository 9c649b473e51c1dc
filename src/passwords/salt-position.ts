/** Where the salt stood in what was digested: before the password or after it. */
export const SALT_POSITIONS = {
  PREFIX: 'Salt, then password.',
  SUFFIX: 'Password, then salt, as LDAP directories do it.',
} as const;

export type SaltPosition = keyof typeof SALT_POSITIONS;
