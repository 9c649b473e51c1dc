import { systemViewer } from '../auth/viewer.js';
import { violationOf } from '../db/constraint.js';
import type { Database } from '../db/database.js';
import type { Handle, Transaction } from '../db/handle.js';
import type { EventLog } from '../events/event.service.js';
import { createdAtOf, type EnvironmentId, type Ids, isId } from '../ids.js';
import type { Environment, EnvironmentKind } from './environment.js';
import * as store from './environment.store.js';

/** Environments read at one time. */
export const MAX_ENVIRONMENT_PAGE = 1_000;

export interface EnvironmentService {
  findByName(db: Handle, name: string): Promise<Environment | null>;
  /** The environment with this id, if it is one. */
  findById(id: string): Promise<Environment | null>;
  /** The environment somebody acts in: it is there, for environments are never deleted. */
  current(db: Handle, id: EnvironmentId): Promise<Environment>;
  /** Lets users sign in with their password, or no longer. Null when there is no environment of this name. */
  setSignIn(name: string, signIn: boolean): Promise<Environment | null>;
  /** Makes an environment; null when the name is taken. */
  create(name: string, kind: EnvironmentKind): Promise<Environment | null>;
  /** Environments by name, those after the name `after`; at most `MAX_ENVIRONMENT_PAGE`. */
  page(after: string): Promise<Environment[]>;
  /** The environment of this name; a new one of this kind when there is none. */
  ensure(name: string, kind: EnvironmentKind): Promise<Environment>;
  /** The same, from inside a unit. */
  ensureIn(trx: Transaction, name: string, kind: EnvironmentKind): Promise<Environment>;
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
      if (!environment) throw new Error('A viewer of an environment that is not there.');
      return environment;
    },
    setSignIn: (name, signIn) =>
      db.transaction(async (trx) => {
        const environment = await store.findByName(trx, name);
        if (!environment) return null;
        if (environment.signIn === signIn) return environment;
        await store.setSignIn(trx, environment.id, signIn);
        const next = { ...environment, signIn };
        await events.append(trx, systemViewer(environment.id, 'environments sign-in'), {
          name: 'environment.updated',
          userId: null,
          organizationId: null,
          data: next,
          previous: { signIn: environment.signIn },
        });
        return next;
      }),
    async create(name, kind) {
      const id = ids.next('env');
      const environment = { id, name, kind, createdAt: createdAtOf(id), signIn: false };
      try {
        await db.transaction((trx) => store.insert(trx, environment));
        return environment;
      } catch (error) {
        if (violationOf(error)?.kind === 'unique') return null;
        throw error;
      }
    },
    page: (after) => store.page(db.reader, after, MAX_ENVIRONMENT_PAGE),
    ensure: (name, kind) => db.transaction((trx) => ensureIn(trx, name, kind)),
    ensureIn,
  };
}
