import { InvalidInputError, RateLimitedError } from '../../domain/errors.js';
import type { Instant } from '../../runtime/clock.js';
import { InvalidRefreshTokenError, type Session } from '../../sessions/session.js';
import { InvalidCredentialsError } from '../../sessions/sign-in.js';
import type { User as UserShape } from '../../users/user.js';
import { oncePerOperation } from '../bounds/measure.js';
import { builder } from '../builder/builder.js';
import type { GraphQLContext } from '../builder/context.js';
import { answer, answerWithoutViewer, MutationError, payloadType } from '../builder/mutation-error.graphql.js';
import { User } from '../users/user.graphql.js';

builder.objectType(InvalidCredentialsError, {
  name: 'InvalidCredentialsError',
  description: 'The email address or the password is incorrect. The error does not tell which.',
  interfaces: [MutationError],
});

builder.objectType(InvalidRefreshTokenError, {
  name: 'InvalidRefreshTokenError',
  description: 'The refresh token is malformed or already used, or its session ended. The user must sign in again.',
  interfaces: [MutationError],
});

/** The tokens of a session, with the user when they have just signed in. */
interface Tokens {
  readonly user: UserShape | null;
  readonly session: Session;
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Instant;
  readonly refreshToken: string;
}

const TokensType = builder.objectRef<Tokens>('SessionTokens').implement({
  description: 'The tokens of a signed-in user. Both tokens are secrets.',
  fields: (t) => ({
    sessionId: t.id({ description: 'The ID of the session: session_…', resolve: ({ session }) => session.id }),
    accessToken: t.exposeString('accessToken', {
      description: 'The access token, to be sent as `Authorization: Bearer …`.',
    }),
    accessTokenExpiresAt: t.expose('accessTokenExpiresAt', {
      type: 'DateTime',
      description: 'The date and time when the access token expires. Call refreshSession before.',
    }),
    refreshToken: t.exposeString('refreshToken', {
      description: [
        'The refresh token. It is valid for one call of refreshSession, which returns a new one. Using it twice',
        'revokes the session.',
      ].join(' '),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'The date and time when the session expires. Refreshing does not extend it.',
      resolve: ({ session }) => session.expiresAt,
    }),
    scopes: t.stringList({
      description: 'The scopes of the access token. Without scopes, it gives access only to the data of the user.',
      resolve: ({ session }) => session.scopes,
    }),
  }),
});

async function tokensOf({ services }: GraphQLContext, session: Session, user: UserShape | null): Promise<Tokens> {
  const { accessToken, expiresAt } = await services.accessTokens.issue(session);
  const refreshToken = services.sessions.refreshTokenOf(session);
  return { user, session, accessToken, accessTokenExpiresAt: expiresAt, refreshToken };
}

const AuthenticateWithPasswordPayload = payloadType<Tokens>(
  'AuthenticateWithPassword',
  [InvalidCredentialsError, InvalidInputError, RateLimitedError],
  (t) => ({
    tokens: t.field({
      type: TokensType,
      nullable: true,
      description: 'The tokens of the new session.',
      resolve: ({ result }) => result,
    }),
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user who signed in. Reading their lists requires the access token.',
      resolve: ({ result }) => result?.user,
    }),
  }),
);

const RefreshSessionPayload = payloadType<Tokens>('RefreshSession', [InvalidRefreshTokenError], (t) => ({
  tokens: t.field({
    type: TokensType,
    nullable: true,
    description: 'The new tokens of the session.',
    resolve: ({ result }) => result,
  }),
}));

const RevokeSessionPayload = payloadType<Session>('RevokeSession', [InvalidRefreshTokenError], (t) => ({
  revokedSessionId: t.id({
    nullable: true,
    description: 'The ID of the revoked session.',
    resolve: ({ result }) => result?.id,
  }),
}));

const AuthenticateWithPasswordInput = builder.inputType('AuthenticateWithPasswordInput', {
  description: 'Input for authenticateWithPassword.',
  fields: (t) => ({
    environmentId: t.id({ required: true, description: 'The ID of the environment: env_…. It is not a secret.' }),
    email: t.string({
      required: true,
      description:
        'The email address of the user. Case and the spelling of its domain (Unicode or Punycode) are ignored.',
    }),
    password: t.string({ required: true, description: 'The password of the user.' }),
    scopes: t.stringList({
      description: [
        'For staff: scopes to request, among those that the operator granted to the user. Without scopes, the',
        'tokens give access only to the data of the user.',
      ].join(' '),
    }),
  }),
});

const RefreshSessionInput = builder.inputType('RefreshSessionInput', {
  description: 'Input for refreshSession.',
  fields: (t) => ({
    refreshToken: t.string({ required: true, description: 'The newest refresh token of the session.' }),
  }),
});

const RevokeSessionInput = builder.inputType('RevokeSessionInput', {
  description: 'Input for revokeSession.',
  fields: (t) => ({
    refreshToken: t.string({
      description:
        'A refresh token of the session. Without it, the session of the access token of the request is revoked.',
    }),
  }),
});

builder.mutationFields((t) => ({
  authenticateWithPassword: t.field({
    type: AuthenticateWithPasswordPayload,
    extensions: oncePerOperation,
    description: [
      'Signs a user in with their email address and password. Requires no authentication. Fails unless the',
      'operator enabled sign-in for the environment.',
    ].join(' '),
    args: {
      input: t.arg({
        type: AuthenticateWithPasswordInput,
        required: true,
        description: 'Parameters for authenticateWithPassword.',
      }),
    },
    resolve: (_, { input: { scopes, ...credentials } }, context) =>
      answerWithoutViewer(context, async () => {
        const request = { ...credentials, scopes: scopes ?? [] };
        const signedIn = await context.services.signIn.authenticateWithPassword(request, context.origin);
        return tokensOf(context, signedIn.session, signedIn.user);
      }),
  }),
  refreshSession: t.field({
    type: RefreshSessionPayload,
    extensions: oncePerOperation,
    description: 'Exchanges a refresh token for new tokens. Requires no other authentication.',
    args: {
      input: t.arg({ type: RefreshSessionInput, required: true, description: 'Parameters for refreshSession.' }),
    },
    resolve: (_, { input: { refreshToken } }, context) =>
      answerWithoutViewer(context, async () => {
        const session = await context.services.sessions.refresh(refreshToken, context.origin);
        return tokensOf(context, session, null);
      }),
  }),
  revokeSession: t.field({
    type: RevokeSessionPayload,
    description: 'Signs out: revokes a session. Its access tokens stop working immediately.',
    args: { input: t.arg({ type: RevokeSessionInput, required: true, description: 'Parameters for revokeSession.' }) },
    resolve: (_, { input: { refreshToken } }, context) => {
      const { sessions } = context.services;
      return refreshToken == null
        ? answer(context, (viewer) => sessions.revokeOwn(viewer))
        : answerWithoutViewer(context, () => sessions.revokeByToken(refreshToken, context.origin));
    },
  }),
}));
