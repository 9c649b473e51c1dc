import { addSeconds, type Clock, type Instant, secondsUntil } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import type { Environment, EnvironmentKind } from '../environments/environment.js';
import type { EnvironmentService } from '../environments/environment.service.js';
import { MutationFailure, NotFoundError, RequestError, refuseIfAny } from '../errors.js';
import type { EventLog } from '../events/event.service.js';
import { type ApiKeyId, createdAtOf, type Ids, isId } from '../ids.js';
import type { Logger } from '../logger.js';
import type { Page, PageRequest } from '../paging.js';
import type { Random } from '../random.js';
import { type ApiKeyValues, parseNewApiKey } from './api-key.input.js';
import {
  type ApiKey,
  createSecret,
  hashSecret,
  hintOf,
  isActive,
  isWellFormedSecret,
  type MadeApiKey,
  type NewApiKey,
} from './api-key.js';
import * as store from './api-key.store.js';
import { createApiKeyUsage } from './api-key-usage.js';
import { type GrantedScopes, scopeNames } from './scope.js';
import { systemViewer, type Viewer } from './viewer.js';

/** A key that the operator asks for. */
export interface OperatorsApiKey {
  /** Name of the environment; it is made when it is new. */
  readonly environment: string;
  /** Kind of the environment, when it is new. */
  readonly kind: EnvironmentKind;
  readonly name: string;
  readonly scopes: GrantedScopes;
}

/** A new key, and until when the one it takes over from works. */
export interface Rotation extends MadeApiKey {
  readonly replacedUntil: Instant;
}

export interface ApiKeyService {
  /** Makes a key for the operator. The secret is in this answer and nowhere else. */
  create(input: OperatorsApiKey): Promise<MadeApiKey>;
  /** The keys of an environment, or null when there is no environment of this name. */
  list(environment: string): Promise<ApiKey[] | null>;
  /** Ends a key at once, in every process. False when the environment has no such key, or it was ended before. */
  revoke(environment: string, id: ApiKeyId): Promise<boolean>;
  /**
   * Makes a key that takes over from another: of the same name and scopes, for as long as the other was made for. Both
   * work until the grace is over. Null when the environment has no such key, or it has ended or was replaced before.
   */
  rotate(environment: string, id: ApiKeyId, graceSeconds: number): Promise<Rotation | null>;

  /** Keys of the environment, newest first; those that have ended too. */
  listApiKeys(viewer: Viewer, request: PageRequest): Promise<Page<ApiKey>>;
  countApiKeys(viewer: Viewer): Promise<number>;
  /**
   * Makes a key that may do no more than who makes it.
   *
   * @throws {MutationFailure} with every problem of the input
   */
  createApiKey(viewer: Viewer, input: NewApiKey): Promise<MadeApiKey>;
  /** Ends a key at once; one that has ended is left as it is. @throws {MutationFailure} NOT_FOUND */
  revokeApiKey(viewer: Viewer, id: string): Promise<ApiKeyId>;

  /** Who sends this secret. @throws {RequestError} UNAUTHENTICATED when no key fits */
  authenticate(secret: string, requestId: string): Promise<Viewer>;
}

export function createApiKeyService(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  ids: Ids;
  logger: Logger;
  events: EventLog;
  environments: EnvironmentService;
}): ApiKeyService {
  const { db, clock, random, ids, events, environments } = deps;
  const usage = createApiKeyUsage(deps);

  async function make(
    trx: Transaction,
    viewer: Viewer,
    { id: environmentId, kind }: Environment,
    values: ApiKeyValues,
  ) {
    const secret = createSecret(kind, random);
    const id = ids.next('api_key');
    const fresh = { revokedAt: null, lastUsedAt: null, replacedBy: null };
    const apiKey: ApiKey = { id, environmentId, ...values, hint: hintOf(secret), createdAt: createdAtOf(id), ...fresh };
    await store.insert(trx, apiKey, hashSecret(secret));
    await events.append(trx, viewer, keyEvent('api_key.created', apiKey));
    return { apiKey, secret };
  }

  async function end(trx: Transaction, viewer: Viewer, key: ApiKey): Promise<void> {
    const revokedAt = clock.now();
    await store.revoke(trx, viewer.environmentId, key.id, revokedAt);
    await events.append(trx, viewer, keyEvent('api_key.revoked', { ...key, revokedAt }));
  }

  async function find(trx: Transaction, viewer: Viewer, id: string): Promise<ApiKey | null> {
    if (!isId('api_key', id)) return null;
    return (await store.findMany(trx, viewer.environmentId, [id])).get(id) ?? null;
  }

  return {
    create: ({ environment: name, kind, ...values }) =>
      db.transaction(async (trx) => {
        const environment = await environments.ensureIn(trx, name, kind);
        return make(trx, systemViewer(environment.id, 'keys create'), environment, { ...values, expiresAt: null });
      }),
    async list(name) {
      const environment = await environments.findByName(db.reader, name);
      return environment ? store.list(db.reader, environment.id) : null;
    },
    async revoke(name, id) {
      const environment = await environments.findByName(db.reader, name);
      if (!environment) return false;
      const viewer = systemViewer(environment.id, 'keys revoke');
      return db.transaction(async (trx) => {
        const key = await find(trx, viewer, id);
        if (key === null || key.revokedAt !== null) return false;
        await end(trx, viewer, key);
        return true;
      });
    },
    async rotate(name, id, graceSeconds) {
      const environment = await environments.findByName(db.reader, name);
      if (!environment) return null;
      const viewer = systemViewer(environment.id, 'keys rotate');
      return db.transaction(async (trx) => {
        const key = await find(trx, viewer, id);
        const now = clock.now();
        if (key === null || !isActive(key, now) || key.replacedBy !== null) return null;
        const { scopes, expiresAt, createdAt } = key;
        const ends = expiresAt && addSeconds(now, secondsUntil(createdAt, expiresAt));
        const made = await make(trx, viewer, environment, { name: key.name, scopes, expiresAt: ends });
        const grace = addSeconds(now, graceSeconds);
        // A grace never lets a key live longer than it would have.
        const replacedUntil = expiresAt !== null && expiresAt < grace ? expiresAt : grace;
        await store.replace(trx, viewer.environmentId, key.id, made.apiKey.id, replacedUntil);
        const event = keyEvent('api_key.updated', { ...key, expiresAt: replacedUntil });
        await events.append(trx, viewer, { ...event, previous: { expiresAt } });
        return { ...made, replacedUntil };
      });
    },

    listApiKeys: (viewer, request) => store.page(db.reader, viewer.environmentId, request),
    countApiKeys: (viewer) => store.count(db.reader, viewer.environmentId),
    async createApiKey(viewer, input) {
      const { values, problems } = parseNewApiKey(input, viewer.scopes, clock.now());
      refuseIfAny(problems);
      return db.transaction(async (trx) =>
        make(trx, viewer, await environments.current(trx, viewer.environmentId), values),
      );
    },
    revokeApiKey: (viewer, id) =>
      db.transaction(async (trx) => {
        const key = await find(trx, viewer, id);
        if (!key) throw new MutationFailure(new NotFoundError('API key', id, ['id']));
        if (key.revokedAt === null) await end(trx, viewer, key);
        return key.id;
      }),

    async authenticate(secret, requestId) {
      const key = isWellFormedSecret(secret) ? await store.findBySecretHash(db.reader, hashSecret(secret)) : null;
      if (key === null || !isActive(key, clock.now())) {
        throw new RequestError('UNAUTHENTICATED', 'The API key is malformed, unknown, expired or revoked.');
      }
      usage.note(key);
      const actor = { source: 'API', id: key.id, name: key.name } as const;
      return { environmentId: key.environmentId, actor, scopes: key.scopes, requestId };
    },
  };
}

/** Nothing of the secret is in it, not even the hint. */
function keyEvent(name: 'api_key.created' | 'api_key.revoked' | 'api_key.updated', key: ApiKey) {
  const { id, createdAt, expiresAt, revokedAt } = key;
  const data = { id, name: key.name, scopes: scopeNames(key.scopes), createdAt, expiresAt, revokedAt };
  return { name, userId: null, organizationId: null, data };
}
