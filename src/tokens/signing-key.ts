import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import type { Instant } from '../clock.js';
import type { EnvironmentId, SigningKeyId } from '../ids.js';
import type { Random } from '../random.js';
import { type Seal, seal, unseal } from '../sealed.js';

/** What our own tokens can be signed with: Ed25519, or RSA with 2048 bits for those who cannot check that. */
export const SIGNING_ALGORITHMS = ['EdDSA', 'RS256'] as const;

export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** A key that signs access tokens of one environment. Its id is the `kid` of its tokens. */
export interface SigningKey {
  readonly id: SigningKeyId;
  readonly environmentId: EnvironmentId;
  readonly algorithm: SigningAlgorithm;
  readonly publicKey: JWK;
  /** The private part, encrypted. */
  readonly privateKey: Buffer;
  readonly createdAt: Instant;
  /** From then on it signs nothing; what it has signed is believed until it ends by itself. */
  readonly retiredAt: Instant | null;
}

/** How long a retired key is still published: longer than any token lives, and anybody keeps the list of keys. */
export const RETIRED_KEY_SECONDS = 86_400;

/** A new pair of keys; the private one encrypted under the server's key and bound to the id. */
export function createKeyPair(algorithm: SigningAlgorithm, id: SigningKeyId, secretKey: string, random: Random) {
  const { publicKey, privateKey } =
    algorithm === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...(publicKey.export({ format: 'jwk' }) as JWK), kid: id, alg: algorithm, use: 'sig' }; // Node's form is JWK
  const plain = privateKey.export({ format: 'der', type: 'pkcs8' });
  return { publicKey: jwk, privateKey: seal(plain, sealOf(id, secretKey), random) };
}

/** @throws {Error} when the key was encrypted under another SECRET_KEY */
export function decryptPrivateKey({ id, privateKey }: SigningKey, secretKey: string): KeyObject {
  const plain = unseal(privateKey, sealOf(id, secretKey));
  return createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' });
}

function sealOf(id: SigningKeyId, secretKey: string): Seal {
  return { secretKey, purpose: 'signing keys', id };
}
