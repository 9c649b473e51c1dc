import type { Clock } from '../clock.js';
import type { Database } from '../db/database.js';
import type { EnvironmentKind } from '../environments/environment.js';
import type { EnvironmentService } from '../environments/environment.service.js';
import { RequestError } from '../errors.js';
import { type ApiKeyId, createdAtOf, type Ids } from '../ids.js';
import type { Random } from '../random.js';
import { type ApiKey, createSecret, hashSecret, hintOf, isActive, isWellFormedSecret } from './api-key.js';
import * as store from './api-key.store.js';
import type { GrantedScopes } from './scope.js';
import type { Viewer } from './viewer.js';

export interface NewApiKey {
  /** Name of the environment; it is made when it is new. */
  readonly environment: string;
  /** Kind of the environment, when it is new. */
  readonly kind: EnvironmentKind;
  readonly name: string;
  readonly scopes: GrantedScopes;
}

export interface ApiKeyService {
  /** Makes a key. The secret is in this answer and nowhere else. */
  create(input: NewApiKey): Promise<{ apiKey: ApiKey; secret: string }>;
  /** The keys of an environment, or null when there is no environment of this name. */
  list(environment: string): Promise<ApiKey[] | null>;
  /** Ends a key at once, in every process. False when the environment has no such key, or it was ended before. */
  revoke(environment: string, id: ApiKeyId): Promise<boolean>;
  /**
   * Who sends this `Authorization` header; null when there is none.
   *
   * @throws {RequestError} UNAUTHENTICATED when it is there and no key fits
   */
  authenticate(authorization: string | null, requestId: string): Promise<Viewer | null>;
}

export function createApiKeyService(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  ids: Ids;
  environments: EnvironmentService;
}): ApiKeyService {
  const { db, clock, random, ids, environments } = deps;
  return {
    create: (input) =>
      db.transaction(async (trx) => {
        const environment = await environments.ensureIn(trx, input.environment, input.kind);
        const secret = createSecret(environment.kind, random);
        const id = ids.next('api_key');
        const apiKey: ApiKey = {
          id,
          environmentId: environment.id,
          name: input.name,
          scopes: input.scopes,
          hint: hintOf(secret),
          createdAt: createdAtOf(id),
          revokedAt: null,
          expiresAt: null,
          lastUsedAt: null,
          replacedBy: null,
        };
        await store.insert(trx, apiKey, hashSecret(secret));
        return { apiKey, secret };
      }),
    async list(name) {
      const environment = await environments.findByName(db.reader, name);
      return environment ? store.list(db.reader, environment.id) : null;
    },
    async revoke(name, id) {
      const environment = await environments.findByName(db.reader, name);
      if (!environment) return false;
      return db.transaction((trx) => store.revoke(trx, environment.id, id, clock.now()));
    },
    async authenticate(authorization, requestId) {
      if (authorization === null) return null;
      const secret = /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1];
      const key =
        secret !== undefined && isWellFormedSecret(secret)
          ? await store.findBySecretHash(db.reader, hashSecret(secret))
          : null;
      if (key === null || !isActive(key, clock.now())) {
        throw new RequestError('UNAUTHENTICATED', 'The API key is malformed, unknown, expired or revoked.');
      }
      const actor = { source: 'API', id: key.id, name: key.name } as const;
      return { environmentId: key.environmentId, actor, scopes: key.scopes, requestId };
    },
  };
}
