/** Where the page was told to look: `?server=http://…&environment=env_…`. */
const parameters = new URLSearchParams(location.search);
export const endpoint = `${parameters.get('server')}/graphql`;
const environmentId = parameters.get('environment');

interface Tokens {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: string;
  readonly refreshToken: string;
}

const TOKENS = 'accessToken accessTokenExpiresAt refreshToken';
const SIGN_IN = `mutation SignIn($input: AuthenticateWithPasswordInput!) {
  authenticateWithPassword(input: $input) { tokens { ${TOKENS} } errors { ... on MutationError { message } } }
}`;
const REFRESH = `mutation Refresh($input: RefreshSessionInput!) {
  refreshSession(input: $input) { tokens { ${TOKENS} } errors { ... on MutationError { message } } }
}`;

/** A token that ends sooner than this is refreshed before it is used. */
const LEAD_MS = 10_000;

/** In memory alone: what is in no storage no other script of the origin finds later. */
let tokens: Tokens | null = null;
let refreshing: Promise<void> | null = null;

interface Answer {
  readonly data?: Record<string, { tokens: Tokens | null; errors: { message: string }[] }>;
  readonly errors?: { message: string }[];
}

async function take(query: string, field: string, input: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(endpoint, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data, errors = [] }: Answer = await response.json();
  const answer = data?.[field];
  const problem = errors[0] ?? answer?.errors[0];
  if (problem || !answer) throw new Error(problem?.message ?? 'The server gave no answer.');
  tokens = answer.tokens;
}

/** Asks for the tokens of a member of staff, who reads and changes users. */
export function signIn(email: string, password: string): Promise<void> {
  const scopes = ['users:read', 'users:write'];
  return take(SIGN_IN, 'authenticateWithPassword', { environmentId, email, password, scopes });
}

/** `fetch` with the access token, refreshed when it is about to end: what any GraphQL client is given in the place of it. */
export const authorizedFetch: typeof fetch = async (input, init) => {
  if (tokens && Date.parse(tokens.accessTokenExpiresAt) < Date.now() + LEAD_MS) {
    const { refreshToken } = tokens;
    // One for all requests that come at once: a refresh token is good once.
    refreshing ??= take(REFRESH, 'refreshSession', { refreshToken }).finally(() => {
      refreshing = null;
    });
    await refreshing;
  }
  const headers = new Headers(init?.headers);
  if (tokens) headers.set('authorization', `Bearer ${tokens.accessToken}`);
  return fetch(input, { ...init, headers });
};
