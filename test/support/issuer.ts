import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWK, type JWTPayload, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';
import { toMilliseconds } from '../../src/runtime/clock.js';
import type { TestClock } from './test-app.js';

export interface KeyPair {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JWK;
  readonly pem: string;
}

export function keyPair(kid: string, alg: 'RS256' | 'EdDSA' | 'ES256' = 'RS256'): KeyPair {
  const { publicKey, privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : alg === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...(publicKey.export({ format: 'jwk' }) as JWK), kid, alg, use: 'sig' }; // Node's form is JWK
  return { kid, alg, privateKey, publicKey, jwk, pem: publicKey.export({ format: 'pem', type: 'spki' }).toString() };
}

/** A server that publishes keys as an identity provider does, over HTTP. */
export interface KeyServer {
  readonly url: string;
  /** What it publishes; may be changed. */
  keys: JWK[];
  /** What it answers instead, if anything. */
  broken: { status: number; body: string } | null;
  /** How often it was asked. */
  asked: number;
}

export async function keyServer(...keys: JWK[]): Promise<KeyServer> {
  const state: KeyServer = { url: '', keys, broken: null, asked: 0 };
  const server = createServer((_, response) => {
    state.asked++;
    response.writeHead(state.broken?.status ?? 200, { 'content-type': 'application/json' });
    response.end(state.broken?.body ?? JSON.stringify({ keys: state.keys }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // a server on a TCP port
  return Object.assign(state, { url: `http://127.0.0.1:${port}/keys` });
}

/** A token as another issuer would sign it; `seconds` from now are counted by the app's clock. */
export async function tokenOf(
  clock: TestClock,
  pair: KeyPair,
  claims: JWTPayload,
  header: Record<string, unknown> = {},
  seconds: { readonly exp?: number | null; readonly nbf?: number } = {},
): Promise<string> {
  const now = Math.floor(toMilliseconds(clock.now()) / 1000);
  const token = new SignJWT(claims).setProtectedHeader({ alg: pair.alg, kid: pair.kid, ...header }).setIssuedAt(now);
  const { exp = 60, nbf } = seconds;
  if (exp !== null) token.setExpirationTime(now + exp);
  if (nbf !== undefined) token.setNotBefore(now + nbf);
  return token.sign(pair.privateKey);
}
