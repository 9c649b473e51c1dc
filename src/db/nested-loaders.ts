import DataLoader from 'dataloader';
import type { EnvironmentId, UserId } from '../ids.js';
import { EMPTY_PAGE, type Page, type PageRequest } from '../paging.js';
import type { Handle } from './handle.js';

type PageByUsers<Item> = (
  db: Handle,
  environmentId: EnvironmentId,
  userIds: readonly UserId[],
  request: PageRequest,
) => Promise<Map<UserId, Page<Item>>>;

type CountByUsers = (
  db: Handle,
  environmentId: EnvironmentId,
  userIds: readonly UserId[],
) => Promise<Map<UserId, number>>;

/** Loaders for a list under users: one statement for each distinct slice asked for, one for the counts. */
export function createNestedLoaders<Item>(
  db: Handle,
  environmentId: EnvironmentId,
  pageByUsers: PageByUsers<Item>,
  countByUsers: CountByUsers,
) {
  const bySlice = new Map<string, DataLoader<UserId, Page<Item>>>();
  const counts = new DataLoader<UserId, number>(async (userIds) => {
    const totals = await countByUsers(db, environmentId, userIds);
    return userIds.map((userId) => totals.get(userId) ?? 0);
  });
  return {
    page(userId: UserId, request: PageRequest): Promise<Page<Item>> {
      // One loader belongs to one set of arguments: parents are batched, slices are not.
      const slice = JSON.stringify(request);
      let loader = bySlice.get(slice);
      if (!loader) {
        loader = new DataLoader(async (userIds) => {
          const pages = await pageByUsers(db, environmentId, userIds, request);
          return userIds.map((id) => pages.get(id) ?? EMPTY_PAGE);
        });
        bySlice.set(slice, loader);
      }
      return loader.load(userId);
    },
    count: (userId: UserId) => counts.load(userId),
  };
}
