import { request as requestOf } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { App } from '../../src/app.js';
import { hasBrowser, tabOn } from '../support/http/browser.js';
import { makeUser } from '../support/make.js';
import { ask, CREATE, createKey, database, serve } from '../support/processes/process.js';
import { testApp } from '../support/test-app.js';

async function page(app: App, path = '/graphql'): Promise<{ type: string; text: string }> {
  const response = await app.fetch(new Request(`http://localhost${path}`, { headers: { accept: 'text/html' } }));
  return { type: response.headers.get('content-type') ?? '', text: await response.text() };
}

const PATHS = ['/graphql', '/graphql/', '/auth/graphql', '/auth/graphql/'];

test.each(PATHS)(
  'the page at %s is small and has no key, and its assets are compressed and immutable',
  async (path) => {
    const { app } = await testApp();
    const { type, text } = await page(app, path);
    expect(type).toMatch(/^text\/html/);
    expect(text.length).toBeLessThan(20_000);
    expect(text).not.toContain('sk_test_');
    const parts = [...text.matchAll(/(?:src|href)="([^"]*graphiql[^"]+)"/g)].map(([, part = '']) => part);
    expect(parts).toHaveLength(2);
    for (const part of parts) {
      const { pathname } = new URL(part, `http://localhost${path}`);
      expect(pathname.startsWith(path.replace(/\/graphql\/?$/, '/graphiql/'))).toBe(true);
      const { status, headers } = await app.fetch(new Request(`http://localhost${pathname}`));
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toContain('immutable');
      expect(headers.get('content-encoding')).toBe('gzip');
    }
  },
);

test('production serves no GraphiQL', async () => {
  const { app } = await testApp({ NODE_ENV: 'production', SECRET_KEY: 'x'.repeat(32), MAIL_OUTBOX: tmpdir() });
  const { type, text } = await page(app);
  expect(type).not.toContain('text/html');
  expect(text).not.toMatch(/graphiql/i);
});

test.each([
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
  ['TEXT/HTML', true],
  ['text/html;charset=UTF-8', true],
  ['*/*', false],
  ['application/json, text/html;q=0.9', false],
  ['text/html;q=0, */*', false],
])('who accepts %s gets the page: %s', async (accept, isPage) => {
  const { app } = await testApp();
  const response = await app.fetch(new Request('http://localhost/graphql?query={__typename}', { headers: { accept } }));
  expect(response.headers.get('content-type')?.startsWith('text/html')).toBe(isPage);
});

test.skipIf(!hasBrowser)('a browser runs the first query and requests nothing from other hosts', async () => {
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

test.skipIf(!hasBrowser)(
  'behind a proxy that strips a prefix, a browser loads the page, queries and follows events',
  async () => {
    const { settings } = database();
    const { secret } = await createKey(settings);
    const { url } = await serve(settings);
    const lost: string[] = [];
    const proxy: App['listener'] = async (incoming, outgoing) => {
      const { url: address = '', method, headers } = incoming;
      if (!/^\/auth(?:[/?]|$)/.test(address)) {
        lost.push(address);
        outgoing.writeHead(404).end();
        return;
      }
      const stripped = address.slice('/auth'.length);
      const path = stripped.startsWith('/') ? stripped : `/${stripped}`;
      // The proxy knows who asks, as an identity-aware one does.
      const passed = { ...headers, authorization: `Bearer ${secret}` };
      const onwards = requestOf(new URL(path, url), { method, headers: passed }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onwards.on('error', () => outgoing.destroy());
      outgoing.on('close', () => onwards.destroy());
      incoming.pipe(onwards);
    };
    const { tab, asked, origin } = await tabOn({ listener: proxy });
    for (const entrance of ['/auth', '/auth/']) {
      await tab.goto(`${origin}${entrance}`);
      await tab.waitForURL(`${origin}/auth/graphql`);
    }
    await ask(url, secret, CREATE, { input: { email: 'ada@example.com' } });
    const users = encodeURIComponent('{ users(first: 1) { nodes { email } } }');
    await tab.goto(`${origin}/auth/graphql?query=${users}`);
    await tab.locator('.graphiql-execute-button').click();
    await tab.locator('.result-window').getByText('ada@example.com').first().waitFor();
    const following = 'subscription { events { node { ... on UserCreatedEvent { snapshot { email } } } } }';
    await tab.goto(`${origin}/auth/graphql/?query=${encodeURIComponent(following)}`);
    const opened = tab.waitForResponse((response) => response.headers()['content-type'] === 'text/event-stream');
    await tab.locator('.graphiql-execute-button').click();
    await opened;
    await ask(url, secret, CREATE, { input: { email: 'grace@example.com' } });
    await tab.locator('.result-window').getByText('grace@example.com').first().waitFor();
    expect(asked.filter((one) => one.includes('.worker.js')).length).toBeGreaterThan(0);
    expect(lost).toEqual([]);
  },
);
