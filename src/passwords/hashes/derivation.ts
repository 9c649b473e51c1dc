import { scrypt } from 'node:crypto';

/** What scrypt takes beside password and salt (RFC 7914, 2). */
export interface ScryptParameters {
  /** log2 of N. */
  readonly logN: number;
  /** r */
  readonly blockSize: number;
  /** p */
  readonly lanes: number;
}

/** What Node counts beside 128 × N × r: small against it. */
const SPARE_BYTES = 1_048_576;

/** scrypt on a thread of Node's pool. */
export function deriveScrypt(
  password: string,
  salt: Buffer,
  size: number,
  { logN, blockSize, lanes }: ScryptParameters,
): Promise<Buffer> {
  const N = 2 ** logN;
  const maxmem = 128 * blockSize * (N + lanes) + SPARE_BYTES;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, size, { N, r: blockSize, p: lanes, maxmem }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
