import { systemViewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import { RequestError } from '../domain/errors.js';
import { createdAtOf, type EnvironmentId, type Ids, isId } from '../domain/ids.js';
import type { EventLog } from '../events/event.service.js';
import { addSeconds, type Clock, type Instant } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Random } from '../runtime/random.js';
import {
  createKeyPair,
  decryptPrivateKey,
  RETIRED_KEY_SECONDS,
  type SigningAlgorithm,
  type SigningKey,
} from './signing-key.js';
import * as store from './signing-key.store.js';

/** A signing key with its decrypted private key. */
export interface Signer {
  readonly key: SigningKey;
  readonly privateKey: ReturnType<typeof decryptPrivateKey>;
}

/** Manages the keys of the access tokens of this server: one current key per environment, and retired keys. */
export interface SigningKeyService {
  /**
   * Returns the current key. Creates it when the environment has none.
   *
   * @throws {RequestError} SERVICE_UNAVAILABLE when it was encrypted with another SECRET_KEY
   */
  signer(environmentId: EnvironmentId): Promise<Signer>;
  /**
   * Returns the key with this `kid`, and what the reads of its request must see. Returns null when it does not exist or its
   * tokens have expired.
   */
  find: (kid: string) => ReturnType<typeof store.findById>;
  /** Lists the published keys, newest first: the current one and those retired within `RETIRED_KEY_SECONDS`. */
  list(environmentId: EnvironmentId): Promise<SigningKey[]>;
  /**
   * Creates the new current key.
   *
   * @param endOthers whether tokens of earlier keys become invalid immediately, e.g. after a leak
   */
  rotate(environmentId: EnvironmentId, algorithm: SigningAlgorithm, endOthers: boolean): Promise<SigningKey>;
}

export function createSigningKeyService(deps: {
  db: Database;
  clock: Clock;
  ids: Ids;
  random: Random;
  logger: Logger;
  events: EventLog;
  secretKey: string;
}): SigningKeyService {
  const { db, clock, ids, random, logger, events, secretKey } = deps;
  const oldest = (): Instant => addSeconds(clock.now(), -RETIRED_KEY_SECONDS);

  async function make(trx: Transaction, environmentId: EnvironmentId, algorithm: SigningAlgorithm) {
    const id = ids.next('signing_key');
    const pair = createKeyPair(algorithm, id, secretKey, random);
    const key: SigningKey = { id, environmentId, algorithm, ...pair, createdAt: createdAtOf(id), retiredAt: null };
    await store.insert(trx, key);
    await events.append(trx, systemViewer(environmentId, 'signing-keys'), {
      name: 'signing_key.created',
      data: { id, algorithm, createdAt: key.createdAt },
    });
    return key;
  }

  async function current(environmentId: EnvironmentId): Promise<SigningKey> {
    const existing = await store.findCurrent(db.reader, environmentId);
    if (existing) return existing;
    return db.transaction(
      environmentId,
      async (trx) => (await store.findCurrent(trx, environmentId)) ?? make(trx, environmentId, 'EdDSA'),
    );
  }

  return {
    async signer(environmentId) {
      const key = await current(environmentId);
      try {
        return { key, privateKey: decryptPrivateKey(key, secretKey) };
      } catch (error) {
        logger.error({ err: error, signingKeyId: key.id }, 'the signing key cannot be decrypted: rotate it');
        throw new RequestError('SERVICE_UNAVAILABLE', 'Sign-in is not available. See the log of the server.');
      }
    },
    async find(kid) {
      const found = isId('signing_key', kid) ? await store.findById(db.reader, kid) : null;
      return found && (found.key.retiredAt === null || found.key.retiredAt >= oldest()) ? found : null;
    },
    list: (environmentId) => store.list(db.reader, environmentId, oldest()),
    rotate: (environmentId, algorithm, endOthers) =>
      db.transaction(environmentId, async (trx) => {
        const now = clock.now();
        await store.retireAll(trx, environmentId, now);
        await store.removeBefore(trx, environmentId, endOthers ? addSeconds(now, 1) : oldest());
        return make(trx, environmentId, algorithm);
      }),
  };
}
