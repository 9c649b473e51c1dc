import type { Selectable } from 'kysely';

/**
 * Every table by its name. Each `*.table.ts` adds its own rows by declaration merging, so that this file depends on no
 * feature; the steps in `migrations/` create the tables.
 */
export interface Tables {
  schema_migrations: { name: string; applied_at: string };
}

/** A row of a table as it is read. */
export type Row<Table extends keyof Tables> = Selectable<Tables[Table]>;
