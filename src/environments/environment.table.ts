import type { Selectable } from 'kysely';
import type { EnvironmentId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { Environment, EnvironmentKind } from './environment.js';

declare module '../db/tables.js' {
  interface Tables {
    environments: EnvironmentTable;
  }
}

export interface EnvironmentTable {
  id: EnvironmentId;
  name: string;
  kind: EnvironmentKind;
  created_at: Instant;
  sign_in: 0 | 1;
}

export function toEnvironment(row: Selectable<EnvironmentTable>): Environment {
  return { id: row.id, name: row.name, kind: row.kind, createdAt: row.created_at, signIn: row.sign_in === 1 };
}
