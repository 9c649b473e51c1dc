import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import type { App } from '../src/app.js';
import { makeUser } from './support/make.js';
import { testApp } from './support/test-app.js';

const CHROMIUM = '/usr/bin/chromium';
const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser) console.warn(`SKIPPED: GraphiQL in a browser, because there is no ${CHROMIUM}.`);
const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

async function page(app: App): Promise<{ type: string; text: string }> {
  const response = await app.fetch(new Request('http://localhost/graphql', { headers: { accept: 'text/html' } }));
  return { type: response.headers.get('content-type') ?? '', text: await response.text() };
}

test('the page is small, holds no key, and its parts are packed and kept for good', async () => {
  const { app } = await testApp();
  const { type, text } = await page(app);
  expect(type).toMatch(/^text\/html/);
  expect(text.length).toBeLessThan(20_000);
  expect(text).not.toContain('sk_test_');
  const paths = [...text.matchAll(/(?:src|href)="(\/graphiql[^"]+)"/g)].map(([, path]) => path);
  expect(paths).toHaveLength(2);
  for (const path of paths) {
    const { status, headers } = await app.fetch(new Request(`http://localhost${path}`));
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toContain('immutable');
    expect(headers.get('content-encoding')).toBe('gzip');
  }
});

test('production serves no GraphiQL', async () => {
  const { app } = await testApp({ NODE_ENV: 'production', SECRET_KEY: 'x'.repeat(32), MAIL_OUTBOX: tmpdir() });
  const { type, text } = await page(app);
  expect(type).not.toContain('text/html');
  expect(text).not.toMatch(/graphiql/i);
});

/** A tab of a real browser, the app on a socket of this machine, and what the tab asks for. */
async function tabOn({ listener }: App) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(' ') });
  onTestFinished(() => browser.close());
  const tab = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const asked: string[] = [];
  tab.on('request', (request) => asked.push(request.url()));
  return { tab, asked, origin: `http://127.0.0.1:${port}` };
}

test.skipIf(!hasBrowser)('a browser runs the first query, and asks nobody else for anything', async () => {
  const graphiqlHeaders: Record<string, string> = {};
  const { app, key, client } = await testApp({}, { graphiqlHeaders });
  await makeUser(await client(), { email: 'ada@example.com' });
  graphiqlHeaders.authorization = `Bearer ${await key()}`;
  expect((await page(app)).text).toContain('sk_test_');
  const { tab, asked, origin } = await tabOn(app);
  await tab.goto(`${origin}/graphql`);
  await tab.locator('.graphiql-execute-button').click();
  await tab.locator('.result-window').getByText('ada@example.com').first().waitFor();
  await tab.screenshot({ path: join(tmpdir(), 'usergraph-graphiql.png') });
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.filter((url) => !/^(data|blob):/.test(url) && !url.startsWith(`${origin}/`))).toEqual([]);
});

test.skipIf(!hasBrowser)('a browser follows events', async () => {
  const graphiqlHeaders: Record<string, string> = {};
  const { app, key, client } = await testApp({}, { graphiqlHeaders });
  const execute = await client();
  graphiqlHeaders.authorization = `Bearer ${await key()}`;
  const { tab, origin } = await tabOn(app);
  const query = 'subscription { events { node { ... on UserCreatedEvent { snapshot { email } } } } }';
  await tab.goto(`${origin}/graphql?query=${encodeURIComponent(query)}`);
  await tab.locator('.graphiql-execute-button').click();
  for (const email of ['ada@example.com', 'grace@example.com']) {
    while (app.services.eventStreams.count() === 0) await tab.evaluate(() => null);
    await makeUser(execute, { email });
    await tab.locator('.result-window').getByText(email).first().waitFor();
  }
});
