import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { GrantedScopes } from '../auth/scope.js';
import type { ApiKeyId, EnvironmentId } from '../domain/ids.js';
import type { EnvironmentKind } from '../environments/environment.js';
import type { Clock, Instant } from '../runtime/clock.js';
import { type Random, randomText } from '../runtime/random.js';

/** An API key of a program. Only the hash of its secret is stored. */
export interface ApiKey {
  readonly id: ApiKeyId;
  readonly environmentId: EnvironmentId;
  readonly name: string;
  readonly scopes: GrantedScopes;
  /** The first characters of the secret, to tell keys apart. */
  readonly hint: string;
  readonly createdAt: Instant;
  readonly revokedAt: Instant | null;
  /** When the key expires; null when it does not expire. */
  readonly expiresAt: Instant | null;
  /** When the key was last used, accurate to a minute; null when it was never used. */
  readonly lastUsedAt: Instant | null;
  /** The key that replaced this one. Both are valid until `expiresAt`. */
  readonly replacedBy: ApiKeyId | null;
}

/** A new key and its secret. The secret is returned only once. */
export interface ApiKeyWithSecret {
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

/** Returns whether the key is neither revoked nor expired. */
export function isActive({ revokedAt, expiresAt }: ApiKey, clock: Clock): boolean {
  return revokedAt === null && (expiresAt === null || clock.now() < expiresAt);
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 30 base62 characters: 178 bits. */
const RANDOM_LENGTH = 30;
/** 62^6 is just above 2^32. */
const CHECKSUM_LENGTH = 6;

/** The format of a secret, for secret scanners: the kind, 30 random characters, and a CRC-32 as 6 characters. */
export const SECRET_PATTERN = /^sk_(?:test|live)_[0-9A-Za-z]{36}$/;

export function createSecret(kind: EnvironmentKind, random: Random): string {
  const body = `sk_${kind}_${randomText(random, BASE62, RANDOM_LENGTH)}`;
  return body + checksumOf(body);
}

/** Returns whether the text has the format of a secret and a valid checksum. Others need no database lookup. */
export function isWellFormedSecret(text: string): boolean {
  return SECRET_PATTERN.test(text) && checksumOf(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);
}

/** SHA-256 in hexadecimal. A secret has 178 bits of entropy, so a slow hash would add cost but no security. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** Returns the prefix of a secret that identifies the key to people but does not help to guess the secret. */
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
