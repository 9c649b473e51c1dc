import { createHash } from 'node:crypto';
import { makeUser } from './make.js';
import { type Answer, type Execute, execute, type TestApp } from './test-app.js';

export const PASSWORD = 'i8uv6g34kd490s';

/** A hash that is verified in no time, as an LDAP directory has it. */
export function sshaOf(password: string): string {
  const salt = Buffer.from('salt');
  return `{SSHA}${Buffer.concat([createHash('sha1').update(password).update(salt).digest(), salt]).toString('base64')}`;
}

export const SIGN_IN = `mutation ($input: AuthenticateWithPasswordInput!) {
  authenticateWithPassword(input: $input) {
    user { id email lastSignInAt version updatedAt }
    tokens { sessionId accessToken accessTokenExpiresAt refreshToken expiresAt scopes }
    errors { __typename ... on MutationError { code message path } ... on RateLimitedError { retryAfterSeconds } }
  }
}`;

/** The environment's id, with sign-in allowed. */
export async function allowSignIn({ app, key }: TestApp, environment = 'test'): Promise<string> {
  await key(environment);
  const allowed = await app.services.environments.setSignIn(environment, true);
  if (!allowed) throw new Error('The key has made it.');
  return allowed.id;
}

export interface Tokens {
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A user with a password that is quickly verified, who is signed in. */
export async function signedIn(
  test: TestApp,
  asKey: Execute,
  environmentId: string,
  input: { readonly email: string; readonly [field: string]: unknown },
): Promise<{ userId: string; tokens: Tokens; ask: Execute }> {
  const hash = { passwordHash: sshaOf(PASSWORD), passwordHashType: 'SSHA' } as const;
  const userId = await makeUser(asKey, { ...hash, ...input });
  const tokens = await signIn(test, environmentId, input.email);
  return { userId, tokens, ask: (query, variables) => execute(test.app, tokens.accessToken, query, variables) };
}

export async function signIn(
  { app }: TestApp,
  environmentId: string,
  email: string,
  more: object = {},
): Promise<Tokens> {
  const input = { environmentId, email, password: PASSWORD, ...more };
  const answer = await execute(app, null, SIGN_IN, { input });
  if (!answer.data?.authenticateWithPassword.tokens) throw new Error(JSON.stringify(answer));
  return answer.data.authenticateWithPassword.tokens;
}

/** The codes of what is wrong with a mutation, at the top or in its payload. */
export function codesOf({ data, errors }: Answer, mutation: string): string[] {
  const listed: { code: string }[] = data?.[mutation]?.errors ?? [];
  return [...(errors ?? []).map(({ extensions }) => String(extensions.code)), ...listed.map(({ code }) => code)];
}
