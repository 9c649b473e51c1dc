import type { Instant } from '../clock.js';
import { InvalidInputError, RateLimitedError } from '../errors.js';
import { oncePerOperation } from '../graphql/bounds/measure.js';
import { builder } from '../graphql/builder.js';
import type { GraphQLContext } from '../graphql/context.js';
import { answer, answerAnybody, MutationError, payloadType } from '../graphql/mutation-error.graphql.js';
import { User } from '../users/user.graphql.js';
import type { User as UserShape } from '../users/user.js';
import { InvalidRefreshTokenError, type Session } from './session.js';
import { InvalidCredentialsError } from './sign-in.js';

builder.objectType(InvalidCredentialsError, {
  name: 'InvalidCredentialsError',
  description: 'Address and password do not belong together; which of them is wrong is not told.',
  interfaces: [MutationError],
});

builder.objectType(InvalidRefreshTokenError, {
  name: 'InvalidRefreshTokenError',
  description: 'The refresh token is none, was used before, or its session is over: sign in again.',
  interfaces: [MutationError],
});

/** The tokens of a session. */
interface Tokens {
  readonly user: UserShape | null;
  readonly session: Session;
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Instant;
  readonly refreshToken: string;
}

const TokensType = builder.objectRef<Tokens>('SessionTokens').implement({
  description: 'What a signed-in person holds. Both tokens are secrets of theirs.',
  fields: (t) => ({
    sessionId: t.id({ description: 'Id of the session: session_…', resolve: ({ session }) => session.id }),
    accessToken: t.exposeString('accessToken', { description: 'Signs requests: "Authorization: Bearer …".' }),
    accessTokenExpiresAt: t.expose('accessTokenExpiresAt', {
      type: 'DateTime',
      description: 'When the access token is over; refresh the session before.',
    }),
    refreshToken: t.exposeString('refreshToken', {
      description: 'Good for one refreshSession, which answers the next. Using one twice ends the session.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the session is over, however often it is refreshed.',
      resolve: ({ session }) => session.expiresAt,
    }),
    scopes: t.stringList({
      description: 'What the access token may do beside what is theirs.',
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
      description: 'Their tokens.',
      resolve: ({ result }) => result,
    }),
    user: t.field({
      type: User,
      nullable: true,
      description: 'Who signed in. Lists under it need their access token.',
      resolve: ({ result }) => result?.user,
    }),
  }),
);

const RefreshSessionPayload = payloadType<Tokens>('RefreshSession', [InvalidRefreshTokenError], (t) => ({
  tokens: t.field({ type: TokensType, nullable: true, description: 'The next ones.', resolve: ({ result }) => result }),
}));

const RevokeSessionPayload = payloadType<Session>('RevokeSession', [InvalidRefreshTokenError], (t) => ({
  revokedSessionId: t.id({
    nullable: true,
    description: 'The session that is over.',
    resolve: ({ result }) => result?.id,
  }),
}));

const AuthenticateWithPasswordInput = builder.inputType('AuthenticateWithPasswordInput', {
  description: 'What somebody signs in with.',
  fields: (t) => ({
    environmentId: t.id({ required: true, description: 'Where: env_…. It is no secret.' }),
    email: t.string({ required: true, description: 'Their address, in any letter case and spelling of its domain.' }),
    password: t.string({ required: true, description: 'Their password.' }),
    scopes: t.stringList({
      description: 'For staff: what the tokens may do, of what the operator granted. Without any, what is theirs.',
    }),
  }),
});

const RefreshSessionInput = builder.inputType('RefreshSessionInput', {
  description: 'Which session.',
  fields: (t) => ({ refreshToken: t.string({ required: true, description: 'The newest refresh token.' }) }),
});

const RevokeSessionInput = builder.inputType('RevokeSessionInput', {
  description: 'Which session.',
  fields: (t) => ({
    refreshToken: t.string({ description: 'A refresh token of it. Left out: the one of the access token.' }),
  }),
});

builder.mutationFields((t) => ({
  authenticateWithPassword: t.field({
    type: AuthenticateWithPasswordPayload,
    extensions: oncePerOperation,
    description: 'Signs a user in. Needs no credentials; where the operator has not allowed it, it is refused.',
    args: {
      input: t.arg({ type: AuthenticateWithPasswordInput, required: true, description: 'Address and password.' }),
    },
    resolve: (_, { input: { scopes, ...credentials } }, context) =>
      answerAnybody(context, async () => {
        const asked = { ...credentials, scopes: scopes ?? [] };
        const signedIn = await context.services.signIn.authenticateWithPassword(asked, context.origin);
        return tokensOf(context, signedIn.session, signedIn.user);
      }),
  }),
  refreshSession: t.field({
    type: RefreshSessionPayload,
    extensions: oncePerOperation,
    description: 'Answers the next tokens of a session. Needs no other credentials.',
    args: { input: t.arg({ type: RefreshSessionInput, required: true, description: 'The refresh token.' }) },
    resolve: (_, { input: { refreshToken } }, context) =>
      answerAnybody(context, async () => {
        const session = await context.services.sessions.refresh(refreshToken, context.origin.requestId);
        return tokensOf(context, session, null);
      }),
  }),
  revokeSession: t.field({
    type: RevokeSessionPayload,
    description: 'Signs out: ends a session and its access tokens at once.',
    args: { input: t.arg({ type: RevokeSessionInput, required: true, description: 'Which session.' }) },
    resolve: (_, { input: { refreshToken } }, context) => {
      const { sessions } = context.services;
      return refreshToken == null
        ? answer(context, (viewer) => sessions.revokeOwn(viewer))
        : answerAnybody(context, () => sessions.revokeByToken(refreshToken, context.origin.requestId));
    },
  }),
}));
