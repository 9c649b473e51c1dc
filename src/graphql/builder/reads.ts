import type { GraphQLField } from 'graphql';
import type { LoaderSet } from '../../auth/loaders.js';
import type { Action } from '../../auth/policy.js';
import type { ListOrder } from '../../db/keyset.js';
import type { Mapping } from '../../db/mapping.js';
import type { NestedList } from '../../db/nested.js';

/** Loaders whose objects are rows of one table. */
export type StoredLoaders = LoaderSet<unknown> & { readonly mapping: Mapping };

/** A list of all rows of a table in an environment. */
export interface StoredList {
  /** The name of the order, for cursors. */
  readonly name: string;
  readonly order: ListOrder;
  /** The index that has the order. Null for the primary key. */
  readonly index: string | null;
}

/** The list of a table whose IDs ascend in the order of creation, newest first. */
export function newestFirst(name: string): StoredList {
  return { name, order: { columns: ['id'], descending: true }, index: null };
}

/**
 * What a field reads, in terms of tables. Compiled reads use it instead of the resolver. A field without it is always
 * resolved, so it is an optimization only; `test/compiled` compares the two.
 */
export type Read =
  /** One object, by a unique property. `accepts` tells whether a value can be one at all. */
  | {
      readonly kind: 'key';
      readonly loaders: StoredLoaders;
      readonly argument: string;
      readonly property: string;
      readonly index: string | null;
      readonly accepts?: (value: string) => boolean;
    }
  /** Objects of any type, by ID. The argument is one ID or a list of them. */
  | { readonly kind: 'nodes'; readonly argument: string }
  /** A connection of all objects. `listOf` returns null for arguments that only the resolver understands. */
  | {
      readonly kind: 'list';
      readonly action: Action;
      readonly mapping: Mapping;
      readonly listOf: (args: Readonly<Record<string, unknown>>) => StoredList | null;
    }
  /** A connection of the objects that belong to the parent. */
  | {
      readonly kind: 'nested';
      readonly loaders: StoredLoaders;
      readonly list: NestedList;
      /** The name of the order, for cursors. */
      readonly name: string;
    }
  /** The object whose ID is in a property of the parent. */
  | { readonly kind: 'link'; readonly loaders: StoredLoaders; readonly property: string };

const READ = 'read';
const CONNECTION = 'connection';

/** Extensions of a field that tell what it reads. */
export function reads(read: Read): Readonly<Record<string, unknown>> {
  return { [READ]: read };
}

/** What a field reads, or null when only its resolver knows. */
export function readOf({ extensions }: GraphQLField<unknown, unknown>): Read | null {
  return (extensions[READ] as Read | undefined) ?? null; // written by `reads`
}

/** Extensions of a connection type. */
export const isConnection = { [CONNECTION]: true };

/** Whether the extensions are those of a connection type. */
export function isConnectionType({ extensions }: { readonly extensions: Readonly<Record<string, unknown>> }): boolean {
  return extensions[CONNECTION] === true;
}

/** The property that a field exposes as it is. Null when it has a resolver of its own. */
export function exposedBy({ extensions }: GraphQLField<unknown, unknown>): string | null {
  return (extensions.pothosExposedField as string | undefined) ?? null; // written by Pothos
}
