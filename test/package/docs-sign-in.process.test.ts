import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { blocksOf } from '../support/docs/pages.js';
import { folder, freePort } from '../support/processes/process.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const MARK = '--- the next block ---';

/** The blocks of the page up to where it turns to identity providers, in order. */
function page() {
  const blocks = blocksOf('docs/sign-in.md');
  const end = blocks.findIndex(({ code }) => code.includes('issuers add'));
  return blocks.slice(0, end);
}

/** What bash says to each of these blocks, run one after the other in an empty folder. */
async function follow(blocks: readonly string[], port: number): Promise<string[]> {
  const home = folder();
  // `npx usergraph` as it is where the package is installed.
  const npx = `#!/bin/sh\nshift\nexec '${process.execPath}' '${MAIN}' "$@"\n`;
  writeFileSync(join(home, 'npx'), npx, { mode: 0o755 });
  const script = blocks.map((code) => code.replaceAll(':4000/', `:${port}/`)).join(`\necho '${MARK}'\n`);
  const PATH = `${home}:${join(process.execPath, '..')}:${process.env.PATH}`;
  const env = { PATH, HOME: home, PORT: String(port) };
  const child = spawn('bash', ['-c', `${script}\nkill %1; wait`], { cwd: home, env, detached: true });
  onTestFinished(() => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  await once(child, 'close');
  expect(said.err).not.toMatch(/error|not found/i);
  return said.out.split(`${MARK}\n`);
}

test('following the page on sign-in works from start to sign-out', async () => {
  const blocks = page();
  expect(blocks.map(({ language }) => language)).toEqual(['sh', 'sh', 'sh', 'graphql', 'sh', 'sh', 'sh', 'sh']);
  const shell = blocks.filter(({ language }) => language === 'sh').map(({ code }) => code);
  // The operation that stands by itself, with what is to be put in.
  const operation = blocks.find(({ language }) => language === 'graphql')?.code ?? '';
  expect(operation).toContain('"env_01E4ZCR3C56J083X43JQXF3JK5"');
  const own = operation
    .replace('"env_01E4ZCR3C56J083X43JQXF3JK5"', '$environmentId')
    .replace('"…"', '"seven green bicycles"')
    .replace('mutation {', 'mutation ($environmentId: ID!) {');
  const [start = '', allow = '', create = '', signIn = '', refresh = '', change = '', revoke = ''] = shell;
  const said = await follow(
    [
      start,
      allow,
      create,
      `ask '' '${own}' environmentId="$ENVIRONMENT"`,
      signIn,
      `${refresh}\nask "$ACCESS" '{ viewer { user { email } } }'; echo "$REFRESH"`,
      change,
      revoke,
    ],
    await freePort(),
  );
  const json = (text: string | undefined) =>
    (text ?? '')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  expect(said[1]).toContain('sign in with their password');
  expect(json(said[2])).toMatchObject([{ data: { createUser: { user: {}, errors: [] } } }]);
  const tokens = { accessToken: expect.any(String), refreshToken: expect.any(String) };
  expect(json(said[3])).toMatchObject([{ data: { authenticateWithPassword: { user: {}, tokens, errors: [] } } }]);
  const ada = { data: { viewer: { user: { email: 'ada@example.com' } } } };
  expect(json(said[4])).toMatchObject([ada]);
  expect(json(said[5])).toMatchObject([ada]);
  expect(said[5]).not.toContain('undefined');
  expect(json(said[6])).toMatchObject([{ data: { changePassword: { user: {}, errors: [] } } }]);
  expect(json(said[7])).toMatchObject([
    { data: { revokeSession: { revokedSessionId: expect.stringMatching(/^session_/), errors: [] } } },
    { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
  ]);
}, 120_000);
