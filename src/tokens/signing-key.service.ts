import { systemViewer } from '../auth/viewer.js';
import { addSeconds, type Clock, type Instant } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import { RequestError } from '../errors.js';
import type { EventLog } from '../events/event.service.js';
import { createdAtOf, type EnvironmentId, type Ids, isId } from '../ids.js';
import type { Logger } from '../logger.js';
import type { Random } from '../random.js';
import {
  createKeyPair,
  decryptPrivateKey,
  RETIRED_KEY_SECONDS,
  type SigningAlgorithm,
  type SigningKey,
} from './signing-key.js';
import * as store from './signing-key.store.js';

/** A key that is ready to sign. */
export interface Signer {
  readonly key: SigningKey;
  readonly privateKey: ReturnType<typeof decryptPrivateKey>;
}

/** Keys that sign our own access tokens: one of each environment at a time, and those before it, to verify with. */
export interface SigningKeyService {
  /**
   * The key that signs now; made when there is none yet.
   *
   * @throws {RequestError} SERVICE_UNAVAILABLE when it was made under another SECRET_KEY
   */
  signer(environmentId: EnvironmentId): Promise<Signer>;
  /** The key with this `kid`, if what it signed can still be good. */
  find(kid: string): Promise<SigningKey | null>;
  /** Keys that others verify with, newest first: the one that signs, and those retired in the last day. */
  list(environmentId: EnvironmentId): Promise<SigningKey[]>;
  /**
   * Makes the key that signs from now on.
   *
   * @param endOthers whether the tokens of earlier keys end at once, as after a theft; else they live out
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
      userId: null,
      organizationId: null,
      data: { id, algorithm, createdAt: key.createdAt },
    });
    return key;
  }

  async function current(environmentId: EnvironmentId): Promise<SigningKey> {
    const existing = await store.findCurrent(db.reader, environmentId);
    if (existing) return existing;
    return db.transaction(
      async (trx) => (await store.findCurrent(trx, environmentId)) ?? make(trx, environmentId, 'EdDSA'),
    );
  }

  return {
    async signer(environmentId) {
      const key = await current(environmentId);
      try {
        return { key, privateKey: decryptPrivateKey(key, secretKey) };
      } catch (error) {
        logger.error({ err: error, signingKeyId: key.id }, 'SECRET_KEY does not open the signing key: rotate it');
        throw new RequestError('SERVICE_UNAVAILABLE', 'Sign-in is not possible; the log of the server says why.');
      }
    },
    async find(kid) {
      const key = isId('signing_key', kid) ? await store.findById(db.reader, kid) : null;
      return key && (key.retiredAt === null || key.retiredAt >= oldest()) ? key : null;
    },
    list: (environmentId) => store.list(db.reader, environmentId, oldest()),
    rotate: (environmentId, algorithm, endOthers) =>
      db.transaction(async (trx) => {
        const now = clock.now();
        await store.retireAll(trx, environmentId, now);
        await store.removeBefore(trx, environmentId, endOthers ? addSeconds(now, 1) : oldest());
        return make(trx, environmentId, algorithm);
      }),
  };
}
