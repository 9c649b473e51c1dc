import { authorize } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { PasswordService } from '../passwords/password.service.js';
import type { PasswordHash } from '../passwords/password-hash.js';
import { nextTurn } from '../scheduling/turns.js';
import type { User } from '../users/user.js';
import type { UserService } from '../users/user.service.js';
import { EVERY_USER } from '../users/user-query.js';

/** The number of users per page. Each page is a consistent snapshot; the whole export is not. */
export const EXPORT_PAGE = 500;

/** A user and the password hash to export. */
export interface ExportedUser {
  readonly user: User;
  /** Null when the user has no password or hashes are not exported. */
  readonly hash: PasswordHash | null;
}

export interface UserExportService {
  /** Returns every user of the environment in order of creation, in pages. */
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
      authorize(viewer, 'userExports.pages');
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
