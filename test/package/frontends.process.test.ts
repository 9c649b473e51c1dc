import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  type Child,
  folder,
  freePort,
  lastLine,
  run,
  type Settings,
  says,
  start,
  stop,
} from '../support/processes/process.js';
import { runs } from '../support/runs.js';
import { PASSWORD, sshaOf } from '../support/sign-in.js';

const CHROMIUM = '/usr/bin/chromium';
const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser) console.warn(`SKIPPED: the frontends in a browser, because there is no ${CHROMIUM}.`);
const FLAGS = '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync';

const VITE = fileURLToPath(new URL('../../node_modules/vite/bin/vite.js', import.meta.url));
const PAGES = fileURLToPath(new URL('../frontends', import.meta.url));
const CLIENTS = ['apollo', 'urql', 'relay'] as const;
/** Each page of fifty is drawn below all before it, so that a thousand take a browser long. */
const USERS = runs(250, 1_000);
/** First in the list, which is ordered by address. */
const ADA = { email: 'aaa-ada@example.com', firstName: 'Ada' };

/** Builds a page as its team would, and serves it from another origin than the API. */
async function serve(client: string, port: number): Promise<string> {
  const outDir = folder();
  const args = ['build', join(PAGES, client), '--config', join(PAGES, 'vite.config.ts'), '--outDir', outDir];
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, [VITE, ...args], { env });
  const types: Record<string, string> = { css: 'text/css', html: 'text/html', js: 'text/javascript' };
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const path = pathname === '/' ? '/index.html' : pathname;
    const type = types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type }).end(await readFile(join(outDir, path)));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${port}`;
}

interface Server {
  readonly settings: Settings;
  readonly url: string;
  readonly environmentId: string;
  child: Child;
}

async function listening(settings: Settings): Promise<Child> {
  const child = start(['serve'], settings);
  await says(child, /listening|Listening|http:\/\//);
  return child;
}

/** A server with many users; Ada is staff, and has let an application in. */
async function serveUsers(origin: string): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settings = {
    DATABASE_URL: `file:${join(folder(), 'users.db')}`,
    PORT: String(port),
    CORS_ORIGINS: origin,
    LOG_LEVEL: 'info',
    NODE_ENV: 'test',
    RATE_LIMIT_POINTS: '0',
  };
  const json = async (...args: string[]) => lastLine((await run([...args, '--json'], settings)).out);
  const { secret } = await json('keys', 'create', '--environment', 'shop', '--name', 'test');
  await json('seed', '--environment', 'shop', '--users', String(USERS - 1));
  const { id: environmentId } = await json('environments', 'sign-in', '--environment', 'shop', '--allow', 'yes');
  const child = await listening(settings);
  const ask = async (query: string, variables: object = {}) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as {
      data: Record<string, Record<string, { id: string }>>;
      errors?: unknown;
    };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const hash = { passwordHash: sshaOf(PASSWORD), passwordHashType: 'SSHA' };
  const made = await ask('mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }', {
    input: { ...ADA, ...hash },
  });
  const userId = made.createUser?.user?.id ?? '';
  for (const name of ['Shop', 'Forum']) {
    const { createApplication } = await ask(
      'mutation ($name: String!) { createApplication(input: { name: $name }) { application { id } } }',
      { name },
    );
    const input = { userId, applicationId: createApplication?.application?.id, scopes: ['openid'] };
    await ask(
      'mutation ($input: AuthorizeApplicationInput!) { authorizeApplication(input: $input) { authorizedApplication { id } } }',
      { input },
    );
  }
  await json('staff', 'grant', '--environment', 'shop', '--user', userId, '--scopes', 'users:read,users:write');
  return { settings, url, environmentId: String(environmentId), child };
}

let browser: Browser;
beforeAll(async () => {
  if (hasBrowser) browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(' ') });
});
afterAll(() => browser?.close());

const rowOf = (page: Page, text: string) => page.locator('#users button', { hasText: text });
const saved = (page: Page) => page.getByRole('button', { name: 'Save' }).click();
const screenshots = process.env.SCREENSHOTS;

describe.skipIf(!hasBrowser)('in Chromium, against the server as it is run', () => {
  test.each(CLIENTS)(
    '%s signs in, pages through all users, changes, fails visibly and recovers',
    async (client) => {
      const pagePort = await freePort();
      const origin = await serve(client, pagePort);
      const server = await serveUsers(origin);
      const page = await browser.newPage();
      onTestFinished(() => page.close());
      const faults: string[] = [];
      page.on('pageerror', ({ message }) => faults.push(message));
      let sent: string[] = [];
      page.on('request', (request) => {
        const { query = '' } = request.method() === 'POST' ? (request.postDataJSON() as { query?: string }) : {};
        if (query !== '') sent.push(/(?:query|mutation) (\w+)/.exec(query)?.[1] ?? query);
      });
      await page.goto(`${origin}/?server=${server.url}&environment=${server.environmentId}`);

      // Signing in fails at the form and says why, then succeeds.
      await page.getByLabel('Email').fill(ADA.email);
      await page.getByLabel('Password').fill('wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('The email address or the password is wrong.').waitFor();
      if (screenshots) await page.screenshot({ path: `${screenshots}/${client}-1-sign-in.png` });
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('50 users').waitFor();

      // Pages of fifty, each asked for once.
      sent = [];
      for (let count = 100; count <= USERS; count += 50) {
        await page.getByRole('button', { name: 'More' }).click();
        await page.getByText(`${count} users`).waitFor();
      }
      expect(await page.getByRole('button', { name: 'More' }).count()).toBe(0);
      expect(sent).toHaveLength(USERS / 50 - 1);
      const addresses = await page.locator('#users button').allInnerTexts();
      expect(new Set(addresses).size).toBe(USERS);

      // The detail, and a change that shows before its answer is there.
      await rowOf(page, ADA.email).click();
      await page.locator('#applications li').nth(1).waitFor();
      if (screenshots) await page.screenshot({ path: `${screenshots}/${client}-2-detail.png` });
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      await page.route('**/graphql', async (route) => {
        if (route.request().method() === 'POST') await held;
        await route.continue();
      });
      sent = [];
      // The page may show the change before it has sent it.
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      await page.getByLabel('First name').fill('Augusta');
      await saved(page);
      await rowOf(page, `Augusta · ${ADA.email}`).waitFor();
      release();
      await answered;
      await page.waitForLoadState('networkidle');
      expect(await rowOf(page, `Augusta · ${ADA.email}`).count()).toBe(1);
      // The cache knew by itself that the row of the list is the same user.
      expect(sent).toHaveLength(1);

      // An address that somebody else has: the error stands at its field, and what was optimistic is taken back.
      const other = (addresses.find((text) => !text.includes(ADA.email)) ?? '').split(' · ')[1] ?? '';
      await page.getByLabel('Address').fill(other);
      await saved(page);
      await page.locator('label', { hasText: 'Address' }).getByRole('alert').waitFor();
      if (screenshots) await page.screenshot({ path: `${screenshots}/${client}-3-refused.png` });
      expect(await rowOf(page, ADA.email).count()).toBe(1);
      await page.getByLabel('Address').fill(ADA.email);

      // An application that is revoked leaves the list without another question.
      sent = [];
      await page.locator('#applications li', { hasText: 'Forum' }).getByRole('button').click();
      await page.locator('#applications li', { hasText: 'Forum' }).waitFor({ state: 'detached' });
      expect(await page.locator('#applications li').allInnerTexts()).toEqual([expect.stringContaining('Shop')]);
      expect(sent).toHaveLength(1);

      // The server is killed: what was typed stays, the failure is said, and the same button works when it is back.
      await stop(server.child, 'SIGKILL');
      await page.getByLabel('First name').fill('Ada again');
      await saved(page);
      await page.getByText('That did not work').waitFor();
      if (screenshots) await page.screenshot({ path: `${screenshots}/${client}-4-down.png` });
      expect(await page.getByLabel('First name').inputValue()).toBe('Ada again');
      expect(await rowOf(page, 'Ada again').count()).toBe(0);
      server.child = await listening(server.settings);
      await saved(page);
      await page.getByText('That did not work').waitFor({ state: 'detached' });
      await rowOf(page, `Ada again · ${ADA.email}`).waitFor();
      expect(faults).toEqual([]);
      await stop(server.child);
    },
    180_000,
  );
});
