import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import type { EnvironmentId, SigningKeyId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';
import type { Random } from '../runtime/random.js';
import { type Seal, seal, unseal } from '../secrets/sealed.js';

/** Algorithms for signing tokens: Ed25519, or RSA with 2048 bits for clients that do not support Ed25519. */
export const SIGNING_ALGORITHMS = ['EdDSA', 'RS256'] as const;

export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** A key that signs the access tokens of one environment. Its id is the `kid` of the tokens. */
export interface SigningKey {
  readonly id: SigningKeyId;
  readonly environmentId: EnvironmentId;
  readonly algorithm: SigningAlgorithm;
  readonly publicKey: JWK;
  /** The private key, encrypted. */
  readonly privateKey: Buffer;
  readonly createdAt: Instant;
  /** When the key stopped signing. Tokens that it has signed stay valid until they expire. */
  readonly retiredAt: Instant | null;
}

/** How long a retired key is published: longer than the lifetime of tokens and of caches of the key list. */
export const RETIRED_KEY_SECONDS = 86_400;

/** Creates a key pair. The private key is encrypted with SECRET_KEY and bound to the id. */
export function createKeyPair(algorithm: SigningAlgorithm, id: SigningKeyId, secretKey: string, random: Random) {
  const { publicKey, privateKey } =
    algorithm === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...(publicKey.export({ format: 'jwk' }) as JWK), kid: id, alg: algorithm, use: 'sig' }; // Node's form is JWK
  const plain = privateKey.export({ format: 'der', type: 'pkcs8' });
  return { publicKey: jwk, privateKey: seal(plain, sealOf(id, secretKey), random) };
}

/** Decrypts a private key. @throws {Error} when it was encrypted with another SECRET_KEY */
export function decryptPrivateKey({ id, privateKey }: SigningKey, secretKey: string): KeyObject {
  const plain = unseal(privateKey, sealOf(id, secretKey));
  return createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' });
}

function sealOf(id: SigningKeyId, secretKey: string): Seal {
  return { secretKey, purpose: 'signing keys', id };
}
