import type { ApiKeyService } from '../api-keys/api-key.service.js';
import type { Cause, Viewer } from '../auth/viewer.js';
import type { MaybePromise } from '../scheduling/maybe-promise.js';
import { isJwt } from './access-token.js';
import type { AccessTokenService } from './access-token.service.js';

const BEARER = /^Bearer +(\S+)$/i;

/**
 * Returns the viewer of an `Authorization` header: a program with an API key or a user with an access token. Returns null
 * without a header.
 *
 * @throws {RequestError} UNAUTHENTICATED when the header is not valid
 */
export type Authenticate = (authorization: string | null, cause: Cause) => MaybePromise<Viewer | null>;

export interface AuthenticationService {
  readonly authenticate: Authenticate;
}

export function createAuthenticationService(deps: {
  apiKeys: Pick<ApiKeyService, 'authenticate'>;
  accessTokens: Pick<AccessTokenService, 'authenticate'>;
}): AuthenticationService {
  const { apiKeys, accessTokens } = deps;
  return {
    authenticate(authorization, cause) {
      if (authorization === null) return null;
      // Anything other than a bearer credential is rejected as an API key that does not exist.
      const [, credential = ''] = BEARER.exec(authorization.trim()) ?? [];
      return (isJwt(credential) ? accessTokens : apiKeys).authenticate(credential, cause);
    },
  };
}
