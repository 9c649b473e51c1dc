import fc from 'fast-check';
import { expect } from 'vitest';
import { makeUser } from '../make.js';
import type { Execute } from '../test-app.js';

export interface Person {
  readonly id: string;
  readonly email: string;
}

export interface Order {
  readonly field: 'CREATED_AT' | 'EMAIL';
  readonly direction: 'ASC' | 'DESC';
}

export interface Slice {
  readonly first?: number;
  readonly after?: string | null;
  readonly last?: number;
  readonly before?: string | null;
}

export interface PageOf {
  readonly nodes: readonly { id: string }[];
  readonly edges: readonly { cursor: string; node: { id: string } }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

export const PAGE =
  'nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
export const USERS = `query ($filter: UserFilter, $orderBy: UserOrder, $first: Int, $after: String, $last: Int, $before: String) {
  users(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) { ${PAGE} }
}`;
export const orders = fc.record<Order>({
  field: fc.constantFrom('CREATED_AT', 'EMAIL'),
  direction: fc.constantFrom('ASC', 'DESC'),
});
export const sizes = fc.integer({ min: 1, max: 10 });

export async function makePeople(execute: Execute, names: readonly string[]): Promise<Person[]> {
  const emails = names.map((name) => `${name}@example.com`);
  return Promise.all(emails.map(async (email) => ({ email, id: await makeUser(execute, { email }) })));
}

/** Ids in the order the graph promises, worked out without it. */
export function sorted(people: readonly Person[], { field, direction }: Order): string[] {
  const keyOf = (person: Person) => (field === 'EMAIL' ? person.email.toLowerCase() : person.id);
  const ascending = [...people].sort((a, b) => Buffer.compare(Buffer.from(keyOf(a)), Buffer.from(keyOf(b))));
  return (direction === 'ASC' ? ascending : ascending.reverse()).map(({ id }) => id);
}

/** Turns page after page; answers the pages in the order of the list, whichever end was started at. */
export async function walk(
  ask: (slice: Slice) => Promise<PageOf>,
  size: number,
  backward: boolean,
  between: (page: PageOf) => Promise<void> = async () => {},
): Promise<PageOf[]> {
  const pages: PageOf[] = [];
  let cursor: string | null = null;
  for (;;) {
    const page: PageOf = await ask(backward ? { last: size, before: cursor } : { first: size, after: cursor });
    expect(page.edges.map(({ node }) => node.id)).toEqual(page.nodes.map(({ id }) => id));
    expect(page.pageInfo.startCursor).toBe(page.edges.at(0)?.cursor ?? null);
    expect(page.pageInfo.endCursor).toBe(page.edges.at(-1)?.cursor ?? null);
    const goesOn = backward ? page.pageInfo.hasPreviousPage : page.pageInfo.hasNextPage;
    expect(backward ? page.pageInfo.hasNextPage : page.pageInfo.hasPreviousPage).toBe(cursor !== null);
    if (goesOn) expect(page.nodes).toHaveLength(size);
    pages.push(page);
    if (!goesOn) return backward ? pages.reverse() : pages;
    cursor = backward ? page.pageInfo.startCursor : page.pageInfo.endCursor;
    await between(page);
  }
}

export function idsOf(pages: readonly PageOf[]): string[] {
  return pages.flatMap((page) => page.nodes.map(({ id }) => id));
}

export function users(execute: Execute, orderBy: Order, filter: object = {}) {
  return async (slice: Slice): Promise<PageOf> => {
    const answer = await execute(USERS, { filter, orderBy, ...slice });
    expect(answer.errors).toBeUndefined();
    return answer.data.users;
  };
}
