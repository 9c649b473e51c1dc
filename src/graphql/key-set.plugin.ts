import type { Plugin } from 'graphql-yoga';
import type { EnvironmentService } from '../environments/environment.service.js';
import type { SigningKeyService } from '../tokens/signing-key.service.js';
import { presentError } from './errors.js';
import { refusedResponse } from './refused-response.js';
import type { Requests } from './request-log.plugin.js';

/** Where others find the keys of our tokens (RFC 7517). */
export const KEY_SET_PATH = '/.well-known/jwks.json';

/** Verifiers ask again for a key they do not know; this bounds how long they believe one that is gone. */
const CACHE_SECONDS = 300;

/** Serves the public keys of one environment: the one that is named, or the only one there is. */
export function useKeySet(
  signingKeys: SigningKeyService,
  environments: EnvironmentService,
  requests: Requests,
): Plugin {
  async function environmentOf(asked: string | null) {
    if (asked !== null) return environments.findById(asked);
    const [only, ...others] = await environments.page('');
    return others.length === 0 ? (only ?? null) : null;
  }
  async function answerTo(asked: string | null, fetchAPI: FetchAPI): Promise<Response> {
    const environment = await environmentOf(asked);
    if (!environment) {
      const detail = 'Name an environment of this server: add ?environment=env_… to this address.';
      return answer(fetchAPI, 404, 'application/problem+json', { title: 'No such key set', status: 404, detail });
    }
    const keys = (await signingKeys.list(environment.id)).map(({ publicKey }) => publicKey);
    return answer(fetchAPI, 200, 'application/jwk-set+json', { keys });
  }
  return {
    onRequest: async ({ request, url, fetchAPI, endResponse }) => {
      if (!url.pathname.endsWith(KEY_SET_PATH) || !['GET', 'HEAD'].includes(request.method)) return;
      try {
        endResponse(await answerTo(url.searchParams.get('environment'), fetchAPI));
      } catch (error) {
        // Yoga answers what a hook throws with its stack.
        const shown = presentError(error);
        requests.label([shown], request);
        const { id } = requests.of(request);
        endResponse(refusedResponse(fetchAPI, 500, shown.message, id, {}, 'INTERNAL_SERVER_ERROR'));
      }
    },
  };
}

type FetchAPI = { readonly Response: typeof Response };

function answer(fetchAPI: FetchAPI, status: number, type: string, body: object): Response {
  const headers = {
    'content-type': type,
    'cache-control': status === 200 ? `public, max-age=${CACHE_SECONDS}` : 'no-store',
    // Public by their nature, and verified in browsers too.
    'access-control-allow-origin': '*',
  };
  return new fetchAPI.Response(JSON.stringify(body), { status, headers });
}
