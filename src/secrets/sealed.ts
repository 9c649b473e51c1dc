import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from '../runtime/random.js';
import { deriveKey } from './secret-key.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The key of an encrypted secret and the context it is bound to. With another purpose or row id, decryption fails. */
export interface Seal {
  readonly secretKey: string;
  /** What the secret is used for, e.g. `signing keys`. */
  readonly purpose: string;
  /** Id of the row. */
  readonly id: string;
}

/** Encrypts a secret with AES-256-GCM. Returns the initialization vector, the tag and the ciphertext. */
export function seal(plain: Buffer, { secretKey, purpose, id }: Seal, random: Random): Buffer {
  const iv = random.bytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(secretKey, purpose), iv);
  cipher.setAAD(Buffer.from(id));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** Decrypts a secret. @throws {Error} when it was encrypted with another key, purpose or id */
export function unseal(sealed: Buffer, { secretKey, purpose, id }: Seal): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(secretKey, purpose), sealed.subarray(0, IV_BYTES));
  decipher.setAAD(Buffer.from(id));
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
}
