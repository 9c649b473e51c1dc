import { z } from 'zod';
import type { Viewer } from '../../auth/viewer.js';
import { MutationFailure, RateLimitedError, RequestError } from '../../domain/errors.js';
import { type EnvironmentId, isId } from '../../domain/ids.js';
import { InvalidRefreshTokenError, type Session } from '../../sessions/session.js';
import { userLoaders } from '../../users/user.loaders.js';
import { listOf } from '../objects/common.js';
import { SessionObject, toSessionObject } from '../objects/session.js';
import { toUserObject, UserObject } from '../objects/user.js';
import { failed, RestFailure } from '../protocol/failure.js';
import { WRITE } from '../protocol/failures.js';
import { LIST_PARAMETERS, priceOfList, toList, toPageRequest } from '../protocol/lists.js';
import { operation, type PublicContext, publicOperation } from '../protocol/operation.js';
import { loadUser } from './read-user.js';

const TAG = 'Sessions';

const AuthenticateResponse = z.object({
  user: UserObject,
  access_token: z.string(),
  refresh_token: z.string(),
  authentication_method: z.literal('Password').optional(),
});

const client = {
  client_id: z.string(),
  client_secret: z.string().optional().meta({ description: 'An API key of the environment.' }),
  ip_address: z.string().nullable().optional().meta({ description: 'The network address of the user.' }),
  user_agent: z.string().nullable().optional().meta({ description: "The user agent of the user's browser." }),
};

/** The grants that usergraph has. */
const AuthenticateBody = z.discriminatedUnion('grant_type', [
  z.object({ grant_type: z.literal('password'), email: z.string(), password: z.string(), ...client }),
  z.object({ grant_type: z.literal('refresh_token'), refresh_token: z.string(), ...client }),
]);

/** An error of OAuth (RFC 6749, section 5.2). */
function oauthError(error: string, message: string): RestFailure {
  return new RestFailure(400, { error, error_description: message });
}

/** The program that signs a user in: its API key names the environment. */
async function clientOf({ authenticate, origin }: PublicContext, secret: string | undefined): Promise<Viewer> {
  try {
    const viewer = await authenticate(`Bearer ${secret ?? ''}`, origin);
    if (viewer?.actor.source === 'API') return viewer;
  } catch (error) {
    if (!(error instanceof RequestError) || error.code !== 'UNAUTHENTICATED') throw error;
  }
  throw oauthError('invalid_client', 'client_secret is not a valid API key.');
}

type PasswordGrant = Extract<z.output<typeof AuthenticateBody>, { grant_type: 'password' }>;

async function signIn(context: PublicContext, environmentId: EnvironmentId, body: PasswordGrant) {
  const { services, origin } = context;
  const from = { ...origin, networkAddress: body.ip_address ?? null, userAgent: body.user_agent ?? null };
  const credentials = { environmentId, email: body.email, password: body.password, scopes: [] };
  const { user, session } = await services.signIn.authenticateWithPassword(credentials, from);
  return { user: toUserObject(user), ...(await tokensOf(context, session)), authentication_method: 'Password' };
}

async function refresh(context: PublicContext, environmentId: EnvironmentId, refreshToken: string) {
  const { services, origin, authenticate, loadersOf } = context;
  const session = await services.sessions.refresh(refreshToken, origin, environmentId);
  const tokens = await tokensOf(context, session);
  const viewer = await authenticate(`Bearer ${tokens.access_token}`, origin);
  const user = await loadersOf(viewer).of(userLoaders).byId.load(session.userId);
  if (!user) throw new MutationFailure(new InvalidRefreshTokenError());
  return { user: toUserObject(user), ...tokens };
}

/** The failures of a grant that have the form of OAuth (RFC 6749, section 5.2), or a code of their own. */
function asOauth(error: unknown): unknown {
  if (error instanceof RequestError && error.code === 'FORBIDDEN') {
    return failed([403, 'email_password_auth_disabled'], error.message);
  }
  const [first] = error instanceof MutationFailure ? error.errors : [];
  if (first instanceof InvalidRefreshTokenError) return oauthError('invalid_grant', first.message);
  if (!(first instanceof RateLimitedError)) return error;
  const body = { error: 'too_many_requests', error_description: first.message };
  return new RestFailure(429, body, { 'retry-after': String(first.retryAfterSeconds) });
}

async function tokensOf({ services }: PublicContext, session: Session) {
  const { accessToken } = await services.accessTokens.issue(session);
  return { access_token: accessToken, refresh_token: services.sessions.refreshTokenOf(session) };
}

export const sessionOperations = [
  operation(
    {
      id: 'listSessions',
      method: 'GET',
      path: '/user_management/users/{id}/sessions',
      tag: TAG,
      summary: 'List the sessions of a user',
      query: z.object(LIST_PARAMETERS),
      errors: [404, 422],
      success: { status: 200, body: listOf(SessionObject) },
      price: priceOfList,
    },
    async ({ loaders, services, viewer, now }, { path: { id = '' }, query }) => {
      const request = toPageRequest(query, (cursor) => isId('session', cursor));
      const user = await loadUser({ loaders }, id);
      const page = await services.sessions.listSessions(viewer, user.id, request);
      const at = now();
      return toList(
        page,
        query,
        (session) => session.id,
        (session) => toSessionObject(session, at),
      );
    },
  ),
  operation(
    {
      id: 'revokeSession',
      method: 'POST',
      path: '/user_management/sessions/revoke',
      tag: TAG,
      summary: 'Revoke a session',
      body: z.object({ session_id: z.string() }),
      errors: [400, 422],
      success: { status: 200, body: null },
      failures: { NOT_FOUND: [400, 'session_not_found'] },
      price: WRITE,
    },
    async ({ services, viewer }, { body: { session_id: id } }) => {
      await services.sessions.revokeSession(viewer, id);
      return null;
    },
  ),
  publicOperation(
    {
      id: 'authenticate',
      method: 'POST',
      path: '/user_management/authenticate',
      tag: TAG,
      summary: 'Sign a user in, or refresh a session',
      description:
        'The grants are password and refresh_token. client_secret is an API key, whose environment the user is signed in to; ' +
        'client_id is not compared with anything.',
      body: AuthenticateBody,
      errors: [400, 403, 422, 429],
      success: { status: 200, body: AuthenticateResponse },
    },
    async (context, { body }) => {
      const { environmentId } = await clientOf(context, body.client_secret);
      try {
        return await (body.grant_type === 'password'
          ? signIn(context, environmentId, body)
          : refresh(context, environmentId, body.refresh_token));
      } catch (error) {
        throw asOauth(error);
      }
    },
  ),
];
