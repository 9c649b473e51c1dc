import type { Selectable } from 'kysely';
import type { Scope } from '../auth/scope.js';
import type { EnvironmentId, UserId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { StaffGrant } from './staff-grant.js';

declare module '../db/tables.js' {
  interface Tables {
    staff_grants: StaffGrantTable;
  }
}

export interface StaffGrantTable {
  environment_id: EnvironmentId;
  user_id: UserId;
  /** JSON array. */
  scopes: string;
  created_at: Instant;
}

export function toStaffGrant(row: Selectable<StaffGrantTable>): StaffGrant {
  return {
    userId: row.user_id,
    scopes: JSON.parse(row.scopes) as Scope[], // written by the store, from checked scopes
    createdAt: row.created_at,
  };
}
