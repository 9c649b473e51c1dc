import type { Plugin } from 'graphql-yoga';
import type { EnvironmentService } from '../environments/environment.service.js';
import type { SigningKeyService } from '../tokens/signing-key.service.js';

/** Where others find the keys of our tokens (RFC 7517). */
export const KEY_SET_PATH = '/.well-known/jwks.json';

/** Verifiers ask again for a key they do not know; this bounds how long they believe one that is gone. */
const CACHE_SECONDS = 300;

/** Serves the public keys of one environment: the one that is named, or the only one there is. */
export function useKeySet(signingKeys: SigningKeyService, environments: EnvironmentService): Plugin {
  async function environmentOf(asked: string | null) {
    if (asked !== null) return environments.findById(asked);
    const [only, ...others] = await environments.page('');
    return others.length === 0 ? (only ?? null) : null;
  }
  return {
    onRequest: async ({ request, url, fetchAPI, endResponse }) => {
      if (url.pathname !== KEY_SET_PATH || request.method !== 'GET') return;
      const environment = await environmentOf(url.searchParams.get('environment'));
      if (!environment) {
        const detail = `Name an environment of this server: ${KEY_SET_PATH}?environment=env_…`;
        endResponse(
          answer(fetchAPI, 404, 'application/problem+json', { title: 'No such key set', status: 404, detail }),
        );
        return;
      }
      const keys = (await signingKeys.list(environment.id)).map(({ publicKey }) => publicKey);
      endResponse(answer(fetchAPI, 200, 'application/jwk-set+json', { keys }));
    },
  };
}

function answer(fetchAPI: { Response: typeof Response }, status: number, type: string, body: object): Response {
  const headers = {
    'content-type': type,
    'cache-control': status === 200 ? `public, max-age=${CACHE_SECONDS}` : 'no-store',
    // Public by their nature, and verified in browsers too.
    'access-control-allow-origin': '*',
  };
  return new fetchAPI.Response(JSON.stringify(body), { status, headers });
}
