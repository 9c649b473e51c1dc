import { createCipheriv, timingSafeEqual } from 'node:crypto';
import { deriveScrypt } from './derivation.js';
import { decodeBase64, decodeNumber, encodeBase64, MalformedHashError } from './encoding.js';

/** Firebase's own limits of `rounds` and `mem_cost` (Firebase Admin SDK, `UserImportHash`). */
export const MAX_FIREBASE_ROUNDS = 8;
export const MAX_FIREBASE_MEMORY_COST = 14;
const SALT_BYTES = { min: 1, max: 64 };
const SEPARATOR_BYTES = { min: 0, max: 16 };
const KEY_BYTES = { min: 16, max: 64 };

const FORM =
  '$firebase-scrypt$r=<rounds>,m=<mem_cost>,sk=<base64_signer_key>,ss=<base64_salt_separator>$<salt>$<hash>, or ' +
  '$firebase-scrypt$hash=<hash>$salt=<salt>$sk=<base64_signer_key>$ss=<base64_salt_separator>$r=<rounds>$m=<mem_cost>';
const PHC =
  /^\$firebase-scrypt\$r=(?<r>\d+),m=(?<m>\d+),sk=(?<sk>[^$,]+),ss=(?<ss>[^$,]*)\$(?<salt>[^$]+)\$(?<hash>[^$]+)$/;
/** The format that WorkOS's migration tool writes. */
const NAMED =
  /^\$firebase-scrypt\$hash=(?<hash>[^$]+)\$salt=(?<salt>[^$]+)\$sk=(?<sk>[^$]+)\$ss=(?<ss>[^$]*)\$r=(?<r>\d+)\$m=(?<m>\d+)$/;

/**
 * Firebase's scrypt (github.com/firebase/scrypt): the hash is the project's signer key, encrypted with the derived key.
 * Each hash includes the parameters of the project, which are needed to verify it.
 */
export interface FirebaseScrypt {
  readonly rounds: number;
  /** log2 of scrypt's N. */
  readonly memoryCost: number;
  readonly signerKey: Buffer;
  readonly saltSeparator: Buffer;
  readonly salt: Buffer;
  readonly digest: Buffer;
}

/** @throws {MalformedHashError} */
export function parseFirebaseScrypt(text: string): FirebaseScrypt {
  const groups = (PHC.exec(text) ?? NAMED.exec(text))?.groups;
  if (!groups) throw new MalformedHashError(`The expected format is ${FORM}.`);
  const { r = '', m = '', sk = '', ss = '', salt = '', hash = '' } = groups;
  const parsed: FirebaseScrypt = {
    rounds: decodeNumber('number of rounds r', r, { min: 1, max: MAX_FIREBASE_ROUNDS }),
    memoryCost: decodeNumber('memory cost m', m, { min: 1, max: MAX_FIREBASE_MEMORY_COST }),
    signerKey: decodeBase64('signer key sk', standard(sk), KEY_BYTES),
    saltSeparator: decodeBase64('salt separator ss', standard(ss), SEPARATOR_BYTES),
    salt: decodeBase64('salt', standard(salt), SALT_BYTES),
    digest: decodeBase64('hash', standard(hash), KEY_BYTES),
  };
  if (parsed.digest.length !== parsed.signerKey.length) {
    throw new MalformedHashError('The hash must be as long as the signer key sk, because it is that key, encrypted.');
  }
  return parsed;
}

export function formatFirebaseScrypt(hash: FirebaseScrypt): string {
  const keys = `sk=${encodeBase64(hash.signerKey)},ss=${encodeBase64(hash.saltSeparator)}`;
  const parameters = `r=${hash.rounds},m=${hash.memoryCost},${keys}`;
  return `$firebase-scrypt$${parameters}$${encodeBase64(hash.salt)}$${encodeBase64(hash.digest)}`;
}

/** Some versions of the Firebase CLI export base64url. */
function standard(base64: string): string {
  return base64.replaceAll('-', '+').replaceAll('_', '/');
}

export async function verifyFirebaseScrypt(hash: FirebaseScrypt, password: string): Promise<boolean> {
  const { rounds, memoryCost, signerKey, saltSeparator, salt, digest } = hash;
  const parameters = { logN: memoryCost, blockSize: rounds, lanes: 1 };
  const key = await deriveScrypt(password, Buffer.concat([salt, saltSeparator]), 32, parameters);
  const encrypted = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(signerKey);
  return timingSafeEqual(encrypted, digest);
}
