import { scrypt } from 'node:crypto';

/** The parameters of scrypt (RFC 7914, section 2). */
export interface ScryptParameters {
  /** log2 of N. */
  readonly logN: number;
  /** r */
  readonly blockSize: number;
  /** p */
  readonly lanes: number;
}

/** An allowance for memory that Node counts in addition to 128 × N × r. */
const SPARE_BYTES = 1_048_576;

/** Derives a key with scrypt in Node's thread pool. */
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
