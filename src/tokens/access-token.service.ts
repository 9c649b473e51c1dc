import { createPublicKey, hash } from 'node:crypto';
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  importJWK,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
  SignJWT,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { type Cause, personActor, type Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import { UntilCommit } from '../db/until-commit.js';
import { RequestError } from '../domain/errors.js';
import { isId } from '../domain/ids.js';
import { addSeconds, type Clock, type Instant, toDate, toMilliseconds } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Random } from '../runtime/random.js';
import { after, type MaybePromise } from '../scheduling/maybe-promise.js';
import type { Session } from '../sessions/session.js';
import type { SessionService } from '../sessions/session.service.js';
import type { User } from '../users/user.js';
import type { UserUnits } from '../users/user.service.js';
import { ACCESS_TOKEN_TYPE, grantedBy, requireForeignType, TokenRefusal } from './access-token.js';
import { ALGORITHMS, type Issuer } from './issuer.js';
import type { IssuerService } from './issuer.service.js';
import { type Fetch, KeySets } from './key-set.js';
import type { SigningKey } from './signing-key.js';
import type { SigningKeyService } from './signing-key.service.js';

/** A signed access token and when it expires. */
export interface IssuedAccessToken {
  readonly accessToken: string;
  readonly expiresAt: Instant;
}

export interface AccessTokenService {
  /** Issues an access token for a session (RFC 9068). */
  issue(session: Session): Promise<IssuedAccessToken>;
  /**
   * Verifies an access token and returns its viewer. The key that verifies the token determines the environment.
   *
   * @throws {RequestError} UNAUTHENTICATED. The message is the same for every reason; the log contains the reason.
   */
  authenticate(token: string, cause: Cause): MaybePromise<Viewer>;
}

export interface TokenSettings {
  /** The claim `iss` of the tokens that this server issues. */
  readonly publicUrl: string;
  readonly accessTokenTtlSeconds: number;
  /** Allowed clock skew of issuers. */
  readonly clockToleranceSeconds: number;
}

/** The viewer of a token, without the request. */
interface Verified {
  readonly viewer: Omit<Viewer, keyof Cause>;
  /** Until when the token is valid if nothing is written, in milliseconds since the Unix epoch. */
  readonly validUntil: number;
}

/** The number of recently verified tokens that are remembered until the next commit. */
const MAX_RECENT_TOKENS = 10_000;
/** The number of tokens whose signature is remembered for as long as the token is valid. */
const MAX_VERIFIED_SIGNATURES = 10_000;

const REFUSED = 'The access token is not valid or has expired. Sign in again or refresh the session.';

export function createAccessTokenService(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  logger: Logger;
  fetch: Fetch;
  issuers: IssuerService;
  signingKeys: SigningKeyService;
  sessions: SessionService;
  users: UserUnits;
  settings: TokenSettings;
}): AccessTokenService {
  const { db, clock, random, logger, issuers, signingKeys, sessions, users, settings } = deps;
  const keySets = new KeySets(deps);
  const recent = new UntilCommit<Verified>(db, MAX_RECENT_TOKENS);
  /** Claims of our own tokens, by the hash of the token and the key that verified it. */
  const signatures = new LRUCache<string, JWTPayload>({ max: MAX_VERIFIED_SIGNATURES });

  function rules(): JWTVerifyOptions {
    const { clockToleranceSeconds: clockTolerance } = settings;
    return { currentDate: toDate(clock.now()), clockTolerance, requiredClaims: ['sub', 'exp'] };
  }

  /** Verifies the signature and the claims of a token that this server issued, once for as long as it is valid. */
  async function ownClaims(token: string, { id, environmentId, algorithm, publicKey }: SigningKey) {
    const name = `${id} ${hash('sha256', token, 'base64url')}`;
    const known = signatures.get(name);
    if (known && clock.millis() < endOf(known)) return known;
    const { payload } = await jwtVerify(token, await importJWK(publicKey, algorithm), {
      ...rules(),
      issuer: settings.publicUrl,
      audience: environmentId,
      algorithms: [algorithm],
      typ: ACCESS_TOKEN_TYPE,
      requiredClaims: ['sub', 'sid', 'exp', 'iat'],
    });
    signatures.set(name, payload);
    return payload;
  }

  /** When a token expires, in milliseconds since the Unix epoch. */
  function endOf({ exp = 0 }: JWTPayload): number {
    return (exp + settings.clockToleranceSeconds) * 1000;
  }

  /** Verifies a token that this server issued. Its session must be active and its user must exist. */
  async function own(token: string, kid: unknown): Promise<Verified> {
    const found = typeof kid === 'string' ? await signingKeys.find(kid) : null;
    if (!found) throw new TokenRefusal('no key with this kid');
    const { key, asOf } = found;
    const { environmentId } = key;
    const payload = await ownClaims(token, key);
    const session = await sessions.findActive(db.reader, environmentId, String(payload.sid));
    if (!session) throw new TokenRefusal('the session is over', environmentId);
    const user = await users.findByKey(db.reader, environmentId, { id: session.userId });
    if (!user || payload.sub !== user.id) throw new TokenRefusal('no such user', environmentId);
    const scopes = session.scopes.length === 0 ? [] : await sessions.grantedNow(db.reader, session);
    return {
      viewer: { actor: personActor(user), environmentId, scopes, sessionId: session.id, ...(asOf && { asOf }) },
      // The tokens of a retired key become invalid at a time of their own.
      validUntil: key.retiredAt === null ? Math.min(endOf(payload), toMilliseconds(session.expiresAt)) : 0,
    };
  }

  /** Verifies a token of an issuer that the operator has added. */
  async function foreign(token: string, iss: string, type: unknown): Promise<Verified> {
    const candidates = await issuers.findByIssuer(iss);
    if (candidates.length === 0) throw new TokenRefusal('unknown issuer');
    requireForeignType(type);
    const refusals: unknown[] = [];
    for (const { issuer, asOf } of candidates) {
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
        const { environmentId } = issuer;
        const viewer = { actor: personActor(user), environmentId, scopes, ...(asOf && { asOf }) };
        return { viewer, validUntil: endOf(payload) };
      } catch (error) {
        refusals.push(error);
      }
    }
    // If several issuers have this name, report the failure of the one that verified signature and audience.
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

  async function verify(token: string, requestId: string): Promise<Verified> {
    try {
      const { kid, typ, alg } = headerOf(token);
      if (!ALGORITHMS.some((name) => name === alg)) throw new TokenRefusal('the algorithm is not supported');
      const { iss } = decodeJwt(token);
      if (iss === undefined) throw new TokenRefusal('the claim iss is missing');
      return await (iss === settings.publicUrl ? own(token, kid) : foreign(token, iss, typ));
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      const { reason, environmentId } = refusal;
      logger.info({ requestId, environmentId, reason }, 'access token refused');
      throw new RequestError('UNAUTHENTICATED', REFUSED);
    }
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

    authenticate(token, { requestId, api }) {
      const read = () => verify(token, requestId);
      return after(recent.get(hash('sha256', token, 'base64url'), read), (known) =>
        clock.millis() < known.validUntil
          ? { ...known.viewer, requestId, api }
          : after(read(), ({ viewer }) => ({ ...viewer, requestId, api })),
      );
    },
  };
}

function headerOf(token: string) {
  try {
    return decodeProtectedHeader(token);
  } catch {
    // decodeProtectedHeader throws a TypeError for malformed text.
    throw new TokenRefusal('not a JWT');
  }
}

/** Returns why the token is not valid, or null when the error has another cause. */
function refusalOf(error: unknown): TokenRefusal | null {
  if (error instanceof TokenRefusal) return error;
  if (error instanceof errors.JWTExpired) return new TokenRefusal('expired');
  if (error instanceof errors.JWTClaimValidationFailed)
    return new TokenRefusal(`claim ${error.claim}: ${error.reason}`);
  return error instanceof errors.JOSEError ? new TokenRefusal(error.code) : null;
}
