import { Response } from '@whatwg-node/server';
import type { EnvironmentService } from '../../environments/environment.service.js';
import type { SigningKeyService } from '../../tokens/signing-key.service.js';
import { READ_METHODS, type Route } from '../route.js';

/** Where verifiers find the public keys of access tokens (RFC 7517). */
export const KEY_SET_PATH = '/.well-known/jwks.json';

/** Verifiers fetch the set again for a key they do not know; this bounds how long they trust a removed one. */
const CACHE_SECONDS = 300;

/** Serves the public keys of one environment: the one that the query names, or the only one there is. */
export function keySetRoute(signingKeys: SigningKeyService, environments: EnvironmentService): Route {
  async function environmentOf(asked: string | null) {
    if (asked !== null) return environments.findById(asked);
    const [only, ...others] = await environments.page('');
    return others.length === 0 ? (only ?? null) : null;
  }
  return {
    matches: (pathname) => pathname.endsWith(KEY_SET_PATH),
    methods: READ_METHODS,
    async answer({ url }) {
      const environment = await environmentOf(url.searchParams.get('environment'));
      if (!environment) {
        const detail = 'Name an environment of this server: add ?environment=env_… to this address.';
        return answer(404, 'application/problem+json', { title: 'No such key set', status: 404, detail });
      }
      const keys = (await signingKeys.list(environment.id)).map(({ publicKey }) => publicKey);
      return answer(200, 'application/jwk-set+json', { keys });
    },
  };
}

function answer(status: number, type: string, body: object): Response {
  const headers = {
    'content-type': type,
    'cache-control': status === 200 ? `public, max-age=${CACHE_SECONDS}` : 'no-store',
    // The keys are public, and browsers verify tokens too.
    'access-control-allow-origin': '*',
  };
  return new Response(JSON.stringify(body), { status, headers });
}
