import { createPublicKey } from 'node:crypto';
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  importJWK,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
  SignJWT,
} from 'jose';
import { personActor, type Viewer } from '../auth/viewer.js';
import { addSeconds, type Clock, type Instant, toDate } from '../clock.js';
import type { Database } from '../db/database.js';
import { RequestError } from '../errors.js';
import { isId } from '../ids.js';
import type { Logger } from '../logger.js';
import type { Random } from '../random.js';
import type { Session } from '../sessions/session.js';
import type { SessionService } from '../sessions/session.service.js';
import type { User } from '../users/user.js';
import type { UserService } from '../users/user.service.js';
import { ACCESS_TOKEN_TYPE, grantedBy, requireForeignType, TokenRefusal } from './access-token.js';
import { ALGORITHMS, type Issuer } from './issuer.js';
import type { IssuerService } from './issuer.service.js';
import { type Fetch, KeySets } from './key-set.js';
import type { SigningKeyService } from './signing-key.service.js';

/** A signed token, and when it is over. */
export interface MadeAccessToken {
  readonly accessToken: string;
  readonly expiresAt: Instant;
}

export interface AccessTokenService {
  /** Signs a token for a session (RFC 9068). */
  issue(session: Session): Promise<MadeAccessToken>;
  /**
   * Who sends a token. Its environment is that of the key that verified it.
   *
   * @throws {RequestError} UNAUTHENTICATED, in the same words whatever is wrong; the log has the reason
   */
  authenticate(token: string, requestId: string): Promise<Viewer>;
}

export interface TokenSettings {
  /** `iss` of our own tokens. */
  readonly publicUrl: string;
  readonly accessTokenTtlSeconds: number;
  /** How far the clocks of issuers may be off. */
  readonly clockToleranceSeconds: number;
}

const REFUSED = 'The access token is not valid, or has expired: sign in again, or refresh the session.';

export function createAccessTokenService(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  logger: Logger;
  fetch: Fetch;
  issuers: IssuerService;
  signingKeys: SigningKeyService;
  sessions: SessionService;
  users: UserService;
  settings: TokenSettings;
}): AccessTokenService {
  const { db, clock, random, logger, issuers, signingKeys, sessions, users, settings } = deps;
  const keySets = new KeySets(deps);

  function rules(): JWTVerifyOptions {
    const { clockToleranceSeconds: clockTolerance } = settings;
    return { currentDate: toDate(clock.now()), clockTolerance, requiredClaims: ['sub', 'exp'] };
  }

  /** A token of our own: good as long as its session and its user are there. */
  async function own(token: string, kid: unknown, requestId: string): Promise<Viewer> {
    const key = typeof kid === 'string' ? await signingKeys.find(kid) : null;
    if (!key) throw new TokenRefusal('no key with this kid');
    const { environmentId, algorithm } = key;
    const { payload } = await jwtVerify(token, await importJWK(key.publicKey, algorithm), {
      ...rules(),
      issuer: settings.publicUrl,
      audience: environmentId,
      algorithms: [algorithm],
      typ: ACCESS_TOKEN_TYPE,
      requiredClaims: ['sub', 'sid', 'exp', 'iat'],
    });
    const session = await sessions.findActive(db.reader, environmentId, String(payload.sid));
    if (!session) throw new TokenRefusal('the session is over', environmentId);
    const user = await users.findByKey(db.reader, environmentId, { id: session.userId });
    if (!user || payload.sub !== user.id) throw new TokenRefusal('no such user', environmentId);
    const scopes = session.scopes.length === 0 ? [] : await sessions.grantedNow(db.reader, session);
    return { actor: personActor(user), environmentId, scopes, requestId, sessionId: session.id };
  }

  /** A token of an issuer that an operator believes in. */
  async function foreign(token: string, iss: string, type: unknown, requestId: string): Promise<Viewer> {
    const candidates = await issuers.findByIssuer(iss);
    if (candidates.length === 0) throw new TokenRefusal('unknown issuer');
    requireForeignType(type);
    const refusals: unknown[] = [];
    for (const issuer of candidates) {
      try {
        const { payload } = await jwtVerify(token, keyOf(issuer), {
          ...rules(),
          issuer: issuer.issuer,
          ...(issuer.audience === null ? {} : { audience: issuer.audience }),
          algorithms: [...issuer.algorithms],
        });
        const user = await subjectOf(issuer, String(payload.sub));
        if (!user) throw new TokenRefusal('no user with this sub', issuer.environmentId);
        const scopes = grantedBy(payload[issuer.scopesClaim], issuer.scopes);
        return { actor: personActor(user), environmentId: issuer.environmentId, scopes, requestId };
      } catch (error) {
        refusals.push(error);
      }
    }
    // Of several issuers of one name, one got furthest: the one that got past the signature and the audience.
    throw refusals.find((error) => error instanceof TokenRefusal) ?? refusals[0];
  }

  function keyOf(issuer: Issuer): JWTVerifyGetKey {
    const { jwksUrl, publicKey } = issuer;
    return jwksUrl === null ? async () => createPublicKey(publicKey) : keySets.of(jwksUrl);
  }

  function subjectOf({ environmentId, subject }: Issuer, sub: string): Promise<User | null> {
    if (subject === 'EXTERNAL_ID') return users.findByKey(db.reader, environmentId, { externalId: sub });
    return isId('user', sub) ? users.findByKey(db.reader, environmentId, { id: sub }) : Promise.resolve(null);
  }

  return {
    async issue(session) {
      const { key, privateKey } = await signingKeys.signer(session.environmentId);
      const now = clock.now();
      const expiresAt = addSeconds(now, settings.accessTokenTtlSeconds);
      const scope = session.scopes.length === 0 ? {} : { scope: session.scopes.join(' ') };
      const accessToken = await new SignJWT({ sid: session.id, ...scope })
        .setProtectedHeader({ alg: key.algorithm, kid: key.id, typ: ACCESS_TOKEN_TYPE })
        .setIssuer(settings.publicUrl)
        .setAudience(session.environmentId)
        .setSubject(session.userId)
        .setJti(random.bytes(16).toString('base64url'))
        .setIssuedAt(toDate(now))
        .setExpirationTime(toDate(expiresAt))
        .sign(privateKey);
      return { accessToken, expiresAt };
    },

    async authenticate(token, requestId) {
      try {
        const { kid, typ, alg } = headerOf(token);
        if (!ALGORITHMS.some((name) => name === alg)) throw new TokenRefusal('the algorithm is none that is taken');
        const { iss } = decodeJwt(token);
        if (iss === undefined) throw new TokenRefusal('it names no issuer');
        return await (iss === settings.publicUrl ? own(token, kid, requestId) : foreign(token, iss, typ, requestId));
      } catch (error) {
        const refusal = refusalOf(error);
        if (!refusal) throw error;
        const { reason, environmentId } = refusal;
        logger.info({ requestId, environmentId, reason }, 'access token refused');
        throw new RequestError('UNAUTHENTICATED', REFUSED);
      }
    },
  };
}

function headerOf(token: string) {
  try {
    return decodeProtectedHeader(token);
  } catch {
    // What it throws for text that is no header is a TypeError.
    throw new TokenRefusal('it is no JWT');
  }
}

/** What is wrong with the token; null when something else is wrong. */
function refusalOf(error: unknown): TokenRefusal | null {
  if (error instanceof TokenRefusal) return error;
  if (error instanceof errors.JWTExpired) return new TokenRefusal('expired');
  if (error instanceof errors.JWTClaimValidationFailed)
    return new TokenRefusal(`claim ${error.claim}: ${error.reason}`);
  return error instanceof errors.JOSEError ? new TokenRefusal(error.code) : null;
}
