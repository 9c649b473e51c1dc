import type { Migration } from '../src/db/migrator.js';

/** Hashes from other systems are kept as they are; what was there before is argon2id of our own making. */
export const passwordHashTypes: Migration = {
  name: '0004-password-hash-types',
  statements: [
    `create table passwords_next (
      environment_id text not null,
      user_id text not null,
      type text not null
        check (type in ('ARGON2', 'BCRYPT', 'SCRYPT', 'FIREBASE_SCRYPT', 'PBKDF2', 'SSHA', 'SSHA256')),
      hash text not null,
      salt_position text check (salt_position in ('PREFIX', 'SUFFIX')),
      updated_at text not null,
      primary key (environment_id, user_id),
      foreign key (environment_id, user_id) references users (environment_id, id),
      check ((salt_position is not null) = (type = 'SSHA256'))
    ) strict`,
    `insert into passwords_next (environment_id, user_id, type, hash, salt_position, updated_at)
      select environment_id, user_id, 'ARGON2', hash, null, updated_at from passwords`,
    'drop table passwords',
    'alter table passwords_next rename to passwords',
  ],
};
