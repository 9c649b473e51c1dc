import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { PasswordService } from '../passwords/password.service.js';
import type { PasswordHash } from '../passwords/password-hash.js';
import { nextTurn } from '../scheduling/turns.js';
import type { User } from '../users/user.js';
import type { UserService } from '../users/user.service.js';
import { EVERY_USER } from '../users/user-query.js';

/** Users read at a time: each such page is consistent in itself. */
export const EXPORT_PAGE = 500;

/** A user as an export has it. */
export interface ExportedUser {
  readonly user: User;
  /** null when there is none, or none was asked for. */
  readonly hash: PasswordHash | null;
}

export interface UserExportService {
  /** Every user of the environment by creation, a page at a time. */
  pages(viewer: Viewer, withHashes: boolean): AsyncGenerator<ExportedUser[]>;
}

export function createUserExportService(deps: {
  db: Database;
  users: UserService;
  passwords: PasswordService;
}): UserExportService {
  const { db, users, passwords } = deps;
  return {
    async *pages(viewer, withHashes) {
      let after: readonly [string] | null = null;
      for (;;) {
        const request = { direction: 'forward' as const, limit: EXPORT_PAGE, after, before: null };
        const { items, hasNextPage } = await users.listUsers(
          viewer,
          EVERY_USER,
          { field: 'CREATED_AT', direction: 'ASC' },
          request,
        );
        const ids = items.map(({ id }) => id);
        const hashes = withHashes ? await passwords.findMany(db.reader, viewer.environmentId, ids) : new Map();
        yield items.map((user) => ({ user, hash: hashes.get(user.id) ?? null }));
        await nextTurn();
        const last = ids.at(-1);
        if (!hasNextPage || last === undefined) return;
        after = [last];
      }
    },
  };
}
