import { authorize } from '../auth/policy.js';
import type { GrantedScopes } from '../auth/scope.js';
import { type Cause, systemViewer, type Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import { UntilCommit } from '../db/until-commit.js';
import { MutationFailure, NotFoundError, RequestError, refuseIfAny } from '../domain/errors.js';
import { type ApiKeyId, createdAtOf, type Ids, isId } from '../domain/ids.js';
import type { Environment, EnvironmentKind } from '../environments/environment.js';
import type { EnvironmentService } from '../environments/environment.service.js';
import type { EventLog } from '../events/event.service.js';
import type { Page, PageRequest } from '../paging/paging.js';
import { addSeconds, type Clock, type Instant, secondsUntil } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Random } from '../runtime/random.js';
import { after, type MaybePromise } from '../scheduling/maybe-promise.js';
import { type ApiKeyValues, parseNewApiKey } from './api-key.input.js';
import {
  type ApiKey,
  type ApiKeyWithSecret,
  createSecret,
  hashSecret,
  hintOf,
  isActive,
  isWellFormedSecret,
  type NewApiKey,
} from './api-key.js';
import * as store from './api-key.store.js';
import { apiKeyEventData } from './api-key-events.js';
import { createApiKeyUsage } from './api-key-usage.js';

/** Input of a key that the operator creates. */
export interface OperatorsApiKey {
  /** Name of the environment. It is created when it does not exist. */
  readonly environment: string;
  /** Kind of the environment, if it is created. */
  readonly kind: EnvironmentKind;
  readonly name: string;
  readonly scopes: GrantedScopes;
}

/** A new key, and until when the replaced key is valid. */
export interface Rotation extends ApiKeyWithSecret {
  readonly replacedUntil: Instant;
}

export interface ApiKeyService {
  /** Creates a key for the operator. The secret is returned only once. */
  create(input: OperatorsApiKey): Promise<ApiKeyWithSecret>;
  /** Lists the keys of an environment. Returns null when no environment has this name. */
  list(environment: string): Promise<ApiKey[] | null>;
  /** Revokes a key, effective immediately in every process. Returns false when there is no such unrevoked key. */
  revoke(environment: string, id: ApiKeyId): Promise<boolean>;
  /**
   * Replaces a key by a new one with the same name, scopes and lifetime. Both are valid during the grace period.
   * Returns null when the environment does not have the key, or it is no longer valid or already replaced.
   */
  rotate(environment: string, id: ApiKeyId, graceSeconds: number): Promise<Rotation | null>;

  /** Lists the keys of the environment, newest first, including expired and revoked keys. */
  listApiKeys(viewer: Viewer, request: PageRequest): Promise<Page<ApiKey>>;
  countApiKeys(viewer: Viewer): Promise<number>;
  /**
   * Creates a key. Its scopes are limited to those of the viewer.
   *
   * @throws {MutationFailure} with every problem of the input
   */
  createApiKey(viewer: Viewer, input: NewApiKey): Promise<ApiKeyWithSecret>;
  /** Revokes a key immediately. Does nothing when it is already revoked. @throws {MutationFailure} NOT_FOUND */
  revokeApiKey(viewer: Viewer, id: string): Promise<ApiKeyId>;

  /** Returns the viewer of a secret. @throws {RequestError} UNAUTHENTICATED when no valid key has this secret */
  authenticate(secret: string, cause: Cause): MaybePromise<Viewer>;
}

type Found = NonNullable<Awaited<ReturnType<typeof store.findBySecretHash>>>;

/** The number of recently used keys that are kept in memory until the next commit. */
const MAX_RECENT_KEYS = 1_000;

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
    await events.append(trx, viewer, { name: 'api_key.created', data: apiKeyEventData(apiKey) });
    return { apiKey, secret };
  }

  async function end(trx: Transaction, viewer: Viewer, key: ApiKey): Promise<void> {
    const revokedAt = clock.now();
    await store.revoke(trx, viewer.environmentId, key.id, revokedAt);
    await events.append(trx, viewer, { name: 'api_key.revoked', data: apiKeyEventData({ ...key, revokedAt }) });
  }

  async function find(trx: Transaction, viewer: Viewer, id: string): Promise<ApiKey | null> {
    if (!isId('api_key', id)) return null;
    return (await store.findMany(trx, viewer.environmentId, [id])).get(id) ?? null;
  }

  const refused = () => new RequestError('UNAUTHENTICATED', 'The API key is malformed, unknown, expired or revoked.');
  const recent = new UntilCommit<Found>(db, MAX_RECENT_KEYS);

  function findBySecret(hash: string): MaybePromise<Found> {
    return recent.get(hash, async () => {
      const found = await store.findBySecretHash(db.reader, hash);
      if (found) return found;
      throw refused();
    });
  }

  return {
    async create({ environment: name, kind, ...values }) {
      const environment = await environments.ensure(name, kind);
      const viewer = systemViewer(environment.id, 'keys create');
      return db.transaction(environment.id, (trx) => make(trx, viewer, environment, { ...values, expiresAt: null }));
    },
    async list(name) {
      const environment = await environments.findByName(db.reader, name);
      return environment ? store.list(db.reader, environment.id) : null;
    },
    async revoke(name, id) {
      const environment = await environments.findByName(db.reader, name);
      if (!environment) return false;
      const viewer = systemViewer(environment.id, 'keys revoke');
      return db.transaction(viewer.environmentId, async (trx) => {
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
      return db.transaction(viewer.environmentId, async (trx) => {
        const key = await find(trx, viewer, id);
        const now = clock.now();
        if (key === null || !isActive(key, clock) || key.replacedBy !== null) return null;
        const { scopes, expiresAt, createdAt } = key;
        const ends = expiresAt && addSeconds(now, secondsUntil(createdAt, expiresAt));
        const made = await make(trx, viewer, environment, { name: key.name, scopes, expiresAt: ends });
        const grace = addSeconds(now, graceSeconds);
        // The grace period never extends the lifetime of a key.
        const replacedUntil = expiresAt !== null && expiresAt < grace ? expiresAt : grace;
        await store.replace(trx, viewer.environmentId, key.id, made.apiKey.id, replacedUntil);
        const data = apiKeyEventData({ ...key, expiresAt: replacedUntil });
        await events.append(trx, viewer, { name: 'api_key.updated', data, previous: { expiresAt } });
        return { ...made, replacedUntil };
      });
    },

    async listApiKeys(viewer, request) {
      authorize(viewer, 'apiKeys.listApiKeys');
      return store.page(db.reader, viewer.environmentId, request);
    },
    async countApiKeys(viewer) {
      authorize(viewer, 'apiKeys.countApiKeys');
      return store.count(db.reader, viewer.environmentId);
    },
    async createApiKey(viewer, input) {
      authorize(viewer, 'apiKeys.createApiKey');
      const { values, problems } = parseNewApiKey(input, viewer.scopes, clock.now());
      refuseIfAny(problems);
      return db.transaction(viewer.environmentId, async (trx) =>
        make(trx, viewer, await environments.current(trx, viewer.environmentId), values),
      );
    },
    async revokeApiKey(viewer, id) {
      authorize(viewer, 'apiKeys.revokeApiKey');
      return db.transaction(viewer.environmentId, async (trx) => {
        const key = await find(trx, viewer, id);
        if (!key) throw new MutationFailure(new NotFoundError('API key', id, ['id']));
        if (key.revokedAt === null) await end(trx, viewer, key);
        return key.id;
      });
    },

    authenticate(secret, { requestId, api }) {
      if (!isWellFormedSecret(secret)) throw refused();
      return after(findBySecret(hashSecret(secret)), ({ key, asOf }) => {
        if (!isActive(key, clock)) throw refused();
        usage.note(key);
        const actor = { source: 'API', id: key.id, name: key.name } as const;
        return { environmentId: key.environmentId, actor, scopes: key.scopes, requestId, api, ...(asOf && { asOf }) };
      });
    },
  };
}
