import type { Handle } from '../db/handle.js';
import type { Mapping } from '../db/mapping.js';
import type { NestedList } from '../db/nested.js';
import { type CountByParents, createNestedLoaders, type PageByParents } from '../db/nested-loaders.js';
import type { EnvironmentId, UserId } from '../domain/ids.js';
import { EMPTY_PAGE, type Page, type PageRequest } from '../paging/paging.js';
import { type Action, authorize, authorizeLink, confinedTo, isOf, isVisibleTo, ruleOf } from './policy.js';
import type { Viewer } from './viewer.js';

/** What a loader needs to read: the database, and what the viewer may see. */
export interface Reading {
  readonly db: Handle;
  readonly viewer: Viewer;
  readonly environmentId: EnvironmentId;
  /** Restricts an object to the fields the viewer may see. Null when it is undefined or the viewer may not see it. */
  readonly see: <T extends object>(found: T | undefined) => T | null;
  /** Reads a list under a user and restricts its items like `see`. Empty when the viewer may not see the user. */
  readonly seeList: <T extends object>(userId: UserId, read: () => Promise<Page<T>>) => Promise<Page<T>>;
}

/** Loaders that read one kind of object. */
export interface LoaderSet<Loaders> {
  /** The action of the policy that permits the reads. */
  readonly action: Action;
  readonly create: (reading: Reading) => Loaders;
}

/** Where the objects of a set of loaders are stored. */
export interface Storage {
  readonly mapping: Mapping;
  /** Lists of these objects under others, by the name of the loader. */
  readonly lists: Readonly<Record<string, NestedList>>;
}

/**
 * Declares the loaders of one kind of object, the action of the policy that permits their reads, and where the objects
 * are stored.
 */
export function defineLoaders<Loaders, const Stored extends Partial<Storage>>(
  action: Action,
  create: (reading: Reading) => Loaders,
  storage: Stored = {} as Stored, // what is left out is undefined
): LoaderSet<Loaders> & Stored {
  return { action, create, ...storage };
}

/** Loaders for a list under users. A person sees an empty list under every other user. */
export function createListsOfUsers<Item extends object>(
  { db, environmentId, viewer, seeList }: Reading,
  pageByUsers: PageByParents<UserId, Item>,
  countByUsers: CountByParents<UserId>,
) {
  const lists = createNestedLoaders(db, environmentId, pageByUsers, countByUsers);
  return {
    page: (userId: UserId, request: PageRequest) => seeList(userId, () => lists.page(userId, request)),
    count: async (userId: UserId) => (isVisibleTo(viewer, userId) ? lists.count(userId) : 0),
  };
}

/** The loaders of one request. Each set is created when it is first used, for the environment of the viewer. */
export class Loaders {
  readonly #made = new Map<LoaderSet<unknown>, unknown>();

  constructor(
    private readonly db: Handle,
    private readonly viewer: Viewer | null,
  ) {}

  /** Loaders that look objects up by key. @throws {RequestError} as `authorize` */
  of<T>(set: LoaderSet<T>): T {
    authorize(this.viewer, set.action);
    return this.#get(set, this.viewer);
  }

  /** Loaders that follow a reference of an object the viewer can see. @throws {RequestError} as `authorizeLink` */
  linked<T>(set: LoaderSet<T>): T {
    authorizeLink(this.viewer, set.action);
    return this.#get(set, this.viewer);
  }

  /** Clears all caches, so that fields resolved after a mutation read its effects. */
  clear(): void {
    this.#made.clear();
  }

  #get<T>(set: LoaderSet<T>, viewer: Viewer): T {
    const known = this.#made.get(set);
    if (known !== undefined) return known as T; // the map holds for each set what its `create` returned
    const made = set.create(readingOf(this.db, viewer, set.action));
    this.#made.set(set, made);
    return made;
  }
}

function readingOf(db: Handle, viewer: Viewer, action: Action): Reading {
  const { environmentId } = viewer;
  const person = confinedTo(viewer);
  if (person === null) {
    return { db, viewer, environmentId, see: (found) => found ?? null, seeList: (_, read) => read() };
  }
  const { person: may, fields } = ruleOf(action);
  const see = <T extends object>(found: T | undefined): T | null => {
    if (found === undefined || (may === 'own' && !isOf(person, found))) return null;
    return fields === undefined ? found : pick(found, fields);
  };
  const seeList: Reading['seeList'] = async (userId, read) => {
    if (!isVisibleTo(viewer, userId)) return EMPTY_PAGE;
    const page = await read();
    return { ...page, items: page.items.flatMap((item) => see(item) ?? []) };
  };
  return { db, viewer, environmentId, see, seeList };
}

/** The object with only these fields. */
function pick<T extends object>(object: T, fields: readonly string[]): T {
  const entries = Object.entries(object).filter(([name]) => fields.includes(name));
  return Object.fromEntries(entries) as T; // the graph refuses the missing fields to a person
}
