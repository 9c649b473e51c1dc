import DataLoader from 'dataloader';
import type { EnvironmentId } from '../domain/ids.js';
import { EMPTY_PAGE, type Page, type PageRequest } from '../paging/paging.js';
import type { Handle } from './handle.js';

/** Reads one slice of the list under each parent. */
export type PageByParents<Parent, Item> = (
  db: Handle,
  environmentId: EnvironmentId,
  parents: readonly Parent[],
  request: PageRequest,
) => Promise<Map<Parent, Page<Item>>>;

/** Counts the list under each parent. */
export type CountByParents<Parent> = (
  db: Handle,
  environmentId: EnvironmentId,
  parents: readonly Parent[],
) => Promise<Map<Parent, number>>;

/** Loaders for a list under users, or other parents: one statement for each distinct slice asked for, one for the counts. */
export function createNestedLoaders<Parent extends string, Item>(
  db: Handle,
  environmentId: EnvironmentId,
  pageByParents: PageByParents<Parent, Item>,
  countByParents: CountByParents<Parent>,
) {
  const counts = new DataLoader<Parent, number>(async (parents) => {
    const totals = await countByParents(db, environmentId, parents);
    return parents.map((parent) => totals.get(parent) ?? 0);
  });
  return {
    page: createSliceLoader(db, environmentId, pageByParents),
    count: (parent: Parent) => counts.load(parent),
  };
}

/** The same without a count. */
export function createSliceLoader<Parent extends string, Item>(
  db: Handle,
  environmentId: EnvironmentId,
  pageByParents: PageByParents<Parent, Item>,
): (parent: Parent, request: PageRequest) => Promise<Page<Item>> {
  const bySlice = new Map<string, DataLoader<Parent, Page<Item>>>();
  return (parent, request) => {
    // One loader belongs to one set of arguments: parents are batched, slices are not.
    const slice = JSON.stringify(request);
    let loader = bySlice.get(slice);
    if (!loader) {
      loader = new DataLoader(async (parents) => {
        const pages = await pageByParents(db, environmentId, parents, request);
        return parents.map((id) => pages.get(id) ?? EMPTY_PAGE);
      });
      bySlice.set(slice, loader);
    }
    return loader.load(parent);
  };
}
