import { systemViewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import { orOnConflict } from '../db/unique-violation.js';
import { createdAtOf, type EnvironmentId, type Ids, isId } from '../domain/ids.js';
import type { EventLog } from '../events/event.service.js';
import type { Environment, EnvironmentKind } from './environment.js';
import * as store from './environment.store.js';

/** Maximum number of environments in a page. */
export const MAX_ENVIRONMENT_PAGE = 1_000;

export interface EnvironmentService {
  findByName(db: Handle, name: string): Promise<Environment | null>;
  /** Returns the environment with this id, or null when there is none or the id is malformed. */
  findById(id: string): Promise<Environment | null>;
  /** Returns the environment of a viewer. It exists, because environments are never deleted. */
  current(db: Handle, id: EnvironmentId): Promise<Environment>;
  /** Enables or disables password sign-in. Returns null when no environment has this name. */
  setSignIn(name: string, signIn: boolean): Promise<Environment | null>;
  /** Creates an environment. Returns null when the name is taken. */
  create(name: string, kind: EnvironmentKind): Promise<Environment | null>;
  /** Lists environments ordered by name, after the name `after`; at most `MAX_ENVIRONMENT_PAGE`. */
  page(after: string): Promise<Environment[]>;
  /** Returns the environment with this name. Creates it with this kind when there is none. */
  ensure(name: string, kind: EnvironmentKind): Promise<Environment>;
}

export function createEnvironmentService(deps: { db: Database; ids: Ids; events: EventLog }): EnvironmentService {
  const { db, ids, events } = deps;
  async function ensureIn(trx: Transaction, name: string, kind: EnvironmentKind): Promise<Environment> {
    const existing = await store.findByName(trx, name);
    if (existing) return existing;
    const id = ids.next('env');
    const environment = { id, name, kind, createdAt: createdAtOf(id), signIn: false };
    await store.insert(trx, environment);
    return environment;
  }
  return {
    findByName: store.findByName,
    findById: async (id) => (isId('env', id) ? store.find(db.reader, id) : null),
    async current(handle, id) {
      const environment = await store.find(handle, id);
      if (!environment) throw new Error('The environment of the viewer does not exist.');
      return environment;
    },
    async setSignIn(name, signIn) {
      const found = await store.findByName(db.reader, name);
      if (!found) return null;
      return db.transaction(found.id, async (trx) => {
        const environment = (await store.find(trx, found.id)) ?? found;
        if (environment.signIn === signIn) return environment;
        await store.setSignIn(trx, environment.id, signIn);
        const next = { ...environment, signIn };
        await events.append(trx, systemViewer(environment.id, 'environments sign-in'), {
          name: 'environment.updated',
          data: next,
          previous: { signIn: environment.signIn },
        });
        return next;
      });
    },
    async create(name, kind) {
      const id = ids.next('env');
      const environment = { id, name, kind, createdAt: createdAtOf(id), signIn: false };
      const write = async () => {
        await db.transaction(null, (trx) => store.insert(trx, environment));
        return environment;
      };
      return orOnConflict<Environment | null>({ table: 'environments' }, write, () => null);
    },
    page: (after) => store.page(db.reader, after, MAX_ENVIRONMENT_PAGE),
    ensure: (name, kind) => db.transaction(null, (trx) => ensureIn(trx, name, kind)),
  };
}
