import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import { createdAtOf, type Ids } from '../ids.js';
import type { Environment, EnvironmentKind } from './environment.js';
import * as store from './environment.store.js';

export interface EnvironmentService {
  findByName(db: Handle, name: string): Promise<Environment | null>;
  /** The environment of this name; a new one of this kind when there is none. */
  ensure(name: string, kind: EnvironmentKind): Promise<Environment>;
  /** The same, from inside a unit. */
  ensureIn(trx: Transaction, name: string, kind: EnvironmentKind): Promise<Environment>;
}

export function createEnvironmentService(deps: { db: Database; ids: Ids }): EnvironmentService {
  const { db, ids } = deps;
  async function ensureIn(trx: Transaction, name: string, kind: EnvironmentKind): Promise<Environment> {
    const existing = await store.findByName(trx, name);
    if (existing) return existing;
    const id = ids.next('env');
    const environment = { id, name, kind, createdAt: createdAtOf(id) };
    await store.insert(trx, environment);
    return environment;
  }
  return {
    findByName: store.findByName,
    ensure: (name, kind) => db.transaction((trx) => ensureIn(trx, name, kind)),
    ensureIn,
  };
}
