import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Instant } from '../clock.js';
import type { EnvironmentKind } from '../environments/environment.js';
import type { ApiKeyId, EnvironmentId } from '../ids.js';
import { type Random, randomText } from '../random.js';
import type { GrantedScopes } from './scope.js';

/** A key of a program. The secret itself is nowhere: only its hash is stored. */
export interface ApiKey {
  readonly id: ApiKeyId;
  readonly environmentId: EnvironmentId;
  readonly name: string;
  readonly scopes: GrantedScopes;
  /** The first characters of the secret, to tell keys apart. */
  readonly hint: string;
  readonly createdAt: Instant;
  readonly revokedAt: Instant | null;
  /** The key works until then; null when it does not end by itself. */
  readonly expiresAt: Instant | null;
  /** When it was last used, give or take a minute; null when it never was. */
  readonly lastUsedAt: Instant | null;
  /** The key that took over from this one; until `expiresAt` both work. */
  readonly replacedBy: ApiKeyId | null;
}

/** A key that was just made, with its secret: shown this once. */
export interface MadeApiKey {
  readonly apiKey: ApiKey;
  readonly secret: string;
}

/** Input of `createApiKey`. */
export interface NewApiKey {
  readonly name: string;
  /** Names of scopes, or `*` for all. */
  readonly scopes: readonly string[];
  readonly expiresAt?: Instant | null | undefined;
}

/** Whether the key works at this time. */
export function isActive({ revokedAt, expiresAt }: ApiKey, now: Instant): boolean {
  return revokedAt === null && (expiresAt === null || now < expiresAt);
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 30 of 62 symbols: 178 bits. */
const RANDOM_LENGTH = 30;
/** 62^6 is just above 2^32. */
const CHECKSUM_LENGTH = 6;

/** The form of a secret, for secret scanners: kind, 30 random symbols, 6 symbols of CRC-32 over all before them. */
export const SECRET_PATTERN = /^sk_(?:test|live)_[0-9A-Za-z]{36}$/;

export function createSecret(kind: EnvironmentKind, random: Random): string {
  const body = `sk_${kind}_${randomText(random, BASE62, RANDOM_LENGTH)}`;
  return body + checksumOf(body);
}

/** Whether the text has the form of a secret and its checksum fits: a mistyped one needs no look into the database. */
export function isWellFormedSecret(text: string): boolean {
  return SECRET_PATTERN.test(text) && checksumOf(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);
}

/** SHA-256 in hexadecimal. A secret has 178 bits of chance, so a slow hash would add cost and no safety. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Long enough to tell keys apart, too short to help a thief. */
export function hintOf(secret: string): string {
  return `${secret.slice(0, 'sk_test_'.length + 4)}…`;
}

function checksumOf(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    text = BASE62.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
