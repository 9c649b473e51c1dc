import { isJwt } from '../tokens/access-token.js';
import type { AccessTokenService } from '../tokens/access-token.service.js';
import type { ApiKeyService } from './api-key.service.js';
import type { Viewer } from './viewer.js';

export interface AuthenticationService {
  /**
   * Who sends this `Authorization` header: a program with its API key, or a person with an access token; null when
   * there is none.
   *
   * @throws {RequestError} UNAUTHENTICATED when it is there and is nobody's
   */
  authenticate(authorization: string | null, requestId: string): Promise<Viewer | null>;
}

export function createAuthenticationService(deps: {
  apiKeys: Pick<ApiKeyService, 'authenticate'>;
  accessTokens: Pick<AccessTokenService, 'authenticate'>;
}): AuthenticationService {
  const { apiKeys, accessTokens } = deps;
  return {
    async authenticate(authorization, requestId) {
      if (authorization === null) return null;
      // What is no bearer credential is nobody's key.
      const [, credential = ''] = /^Bearer +(\S+)$/i.exec(authorization.trim()) ?? [];
      return (isJwt(credential) ? accessTokens : apiKeys).authenticate(credential, requestId);
    },
  };
}
