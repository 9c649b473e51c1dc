import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keyPair } from '../support/issuer.js';
import { folder, freePort, lastLine, run, type Settings, says, start, stop } from '../support/processes/process.js';
import { PASSWORD, SIGN_IN, sshaOf } from '../support/sign-in.js';

interface World {
  readonly settings: Settings;
  readonly url: string;
  readonly secret: string;
  readonly home: string;
  json(...args: string[]): Promise<Record<string, unknown>>;
  fails(...args: string[]): Promise<string>;
}

async function world(): Promise<World> {
  const port = await freePort();
  const home = folder();
  const settings = { DATABASE_URL: `file:${join(home, 'users.db')}`, PORT: String(port), NODE_ENV: 'test' };
  const json = async (...args: string[]) => lastLine((await run([...args, '--json'], settings)).out);
  const fails = async (...args: string[]) => {
    const { code, err } = await run(args, settings);
    expect(code).not.toBe(0);
    return err;
  };
  const { secret } = await json('keys', 'create', '--environment', 'shop', '--name', 'test');
  return { settings, url: `http://127.0.0.1:${port}`, secret: String(secret), home, json, fails };
}

async function ask(url: string, secret: string | null, query: string, variables: object = {}) {
  const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': 'test/1' };
  if (secret !== null) headers.authorization = `Bearer ${secret}`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: read by path, and a wrong path fails the assertion.
  return (await response.json()) as any;
}

const CREATE = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }';

test('an operator allows sign-in, grants staff scopes and rotates keys while the server runs', async () => {
  const w = await world();
  const child = start(['serve'], w.settings);
  await says(child, /http:\/\//);
  const hash = { passwordHash: sshaOf(PASSWORD), passwordHashType: 'SSHA' };
  const made = await ask(w.url, w.secret, CREATE, { input: { email: 'ada@example.com', ...hash } });
  const { id } = made.data.createUser.user;

  const { id: environmentId, signIn } = await w.json('environments', 'sign-in', '--name', 'shop', '--allow', 'yes');
  expect(signIn).toBe(true);
  expect(await w.fails('environments', 'sign-in', '--environment', 'nothing', '--allow', 'yes')).toContain(
    "No environment is named 'nothing'.",
  );
  const input = { environmentId, email: 'ada@example.com', password: PASSWORD };
  const { tokens } = (await ask(w.url, null, SIGN_IN, { input })).data.authenticateWithPassword;
  expect((await ask(w.url, tokens.accessToken, '{ viewer { user { id } } }')).data.viewer.user.id).toBe(id);
  const seen = '{ viewer { user { events { nodes { ... on AuthenticationEvent { ipAddress userAgent } } } } } }';
  expect((await ask(w.url, tokens.accessToken, seen)).data.viewer.user.events.nodes).toContainEqual({
    ipAddress: '127.0.0.1',
    userAgent: 'test/1',
  });

  // The command grants a user the scopes of staff.
  expect(
    await w.fails('staff', 'grant', '--environment', 'shop', '--user', 'user_x', '--scopes', 'users:read'),
  ).toContain("no user 'user_x'");
  expect(await w.fails('staff', 'grant', '--environment', 'shop', '--user', id, '--scopes', 'all')).toContain(
    'Unknown scope: all',
  );
  await w.json('staff', 'grant', '--environment', 'shop', '--user', id, '--scopes', 'users:read');
  expect(await w.json('staff', 'list', '--environment', 'shop')).toMatchObject({
    grants: [{ userId: id, scopes: ['users:read'] }],
  });
  const staff = await ask(w.url, null, SIGN_IN, { input: { ...input, scopes: ['users:read'] } });
  const { accessToken } = staff.data.authenticateWithPassword.tokens;
  expect((await ask(w.url, accessToken, '{ users { totalCount } }')).data.users.totalCount).toBe(1);
  expect(await w.json('staff', 'revoke', '--environment', 'shop', '--user', id)).toEqual({ revoked: id });
  expect(await w.fails('staff', 'revoke', '--environment', 'shop', '--user', id)).toContain('has no grant');
  expect((await ask(w.url, accessToken, '{ users { totalCount } }')).errors[0].extensions.code).toBe('FORBIDDEN');

  // A rotated key stays published or ends at once. No command prints a private key.
  const published = async () => {
    const { keys } = (await (await fetch(`${w.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  };
  const { keys: before } = (await w.json('signing-keys', 'list', '--environment', 'shop')) as {
    keys: { id: string }[];
  };
  const rotated = await w.json('signing-keys', 'rotate', '--environment', 'shop', '--algorithm', 'RS256');
  expect(rotated).not.toHaveProperty('privateKey');
  expect(await published()).toEqual([rotated.id, before[0]?.id]);
  expect((await ask(w.url, tokens.accessToken, '{ viewer { scopes } }')).errors).toBeUndefined();
  const { id: last } = await w.json('signing-keys', 'rotate', '--environment', 'shop', '--end-others');
  expect(await published()).toEqual([last]);
  expect((await ask(w.url, tokens.accessToken, '{ viewer { scopes } }')).errors[0].extensions.code).toBe(
    'UNAUTHENTICATED',
  );

  await w.json('environments', 'sign-in', '--environment', 'shop', '--allow', 'no');
  expect((await ask(w.url, null, SIGN_IN, { input })).errors[0].extensions.code).toBe('FORBIDDEN');
  // The log contains IDs, but no address, password or token.
  const log = child.collected.out + child.collected.err;
  for (const text of ['ada@example.com', PASSWORD, tokens.accessToken, tokens.refreshToken])
    expect(log).not.toContain(text);
  expect(await stop(child)).toBe(0);
});

test('an operator adds issuers on the command line, and the running server accepts their tokens', async () => {
  const w = await world();
  const child = start(['serve'], w.settings);
  await says(child, /http:\/\//);
  const made = await ask(w.url, w.secret, CREATE, { input: { email: 'ada@example.com', externalId: 'ada' } });
  const pair = keyPair('first', 'ES256');
  const server = createServer((_, response) => response.end(JSON.stringify({ keys: [pair.jwk] }))).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo; // a server on a TCP port
  const { SignJWT } = await import('jose');
  const sign = (issuer: string, audience: string) =>
    new SignJWT({ scope: 'users:read users:write' })
      .setProtectedHeader({ alg: 'ES256', kid: 'first' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('ada')
      .setExpirationTime('1m')
      .sign(pair.privateKey);
  const common = [
    '--environment',
    'shop',
    '--algorithms',
    'ES256',
    '--subject',
    'external-id',
    '--scopes',
    'users:read',
  ];
  const first = await w.json(
    'issuers',
    'add',
    ...common,
    '--issuer',
    'https://id.example.com',
    '--audience',
    'a',
    '--jwks',
    `http://127.0.0.1:${port}/`,
  );
  const pem = join(w.home, 'key.pem');
  writeFileSync(pem, pair.pem);
  await w.json('issuers', 'add', ...common, '--issuer', 'https://other.example.com', '--audience', 'b', '--key', pem);
  for (const [issuer, audience] of [
    ['https://id.example.com', 'a'],
    ['https://other.example.com', 'b'],
  ] as const) {
    const { data } = await ask(w.url, await sign(issuer, audience), '{ viewer { user { id } scopes } }');
    expect(data.viewer).toEqual({ user: { id: made.data.createUser.user.id }, scopes: ['users:read'] });
  }
  const workos = await w.json('issuers', 'add', '--environment', 'shop', '--workos', 'client_1');
  expect(workos).toMatchObject({
    jwksUrl: 'https://api.workos.com/sso/jwks/client_1',
    subject: 'EXTERNAL_ID',
    scopes: [],
  });
  expect(await w.json('issuers', 'list', '--environment', 'shop')).toMatchObject({ issuers: { length: 3 } });
  await w.json('issuers', 'remove', '--environment', 'shop', '--id', String(first.id));
  expect(
    (await ask(w.url, await sign('https://id.example.com', 'a'), '{ viewer { scopes } }')).errors[0].extensions.code,
  ).toBe('UNAUTHENTICATED');

  const add = (...args: string[]) => w.fails('issuers', 'add', '--environment', 'shop', ...args);
  expect(await add('--issuer', 'x')).toContain('Use either --jwks or --key');
  expect(await add('--jwks', 'https://x.example')).toContain('An issuer is missing');
  expect(await add('--issuer', 'x', '--jwks', 'http://x.example')).toContain('must begin with https://');
  expect(await add('--issuer', 'x', '--key', join(w.home, 'nothing'))).toContain('--key');
  expect(await add('--issuer', 'x', '--jwks', 'https://x.example', '--algorithms', 'HS256')).toContain(
    '--algorithms takes a comma-separated list of',
  );
  expect(
    await add('--issuer', 'https://other.example.com', '--audience', 'b', '--jwks', 'https://x.example'),
  ).toContain('has the same name');
  expect(await w.fails('issuers', 'remove', '--environment', 'shop', '--id', 'issuer_x')).toContain(
    "no issuer 'issuer_x'",
  );
  expect(await stop(child)).toBe(0);
});
