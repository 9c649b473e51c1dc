import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { App } from '../../../src/app.js';

const CHROMIUM = '/usr/bin/chromium';
export const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser) console.warn(`SKIPPED: pages in a browser, because there is no ${CHROMIUM}.`);
const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

/** Listens on a port of this machine. */
async function listen(listener: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(listener ?? (() => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return `http://127.0.0.1:${port}`;
}

/** A tab of a real browser, the app on a socket of this machine, and what the tab asks for. */
export async function tabOn({ listener }: Pick<App, 'listener'>) {
  const origin = await listen(listener);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(' ') });
  onTestFinished(() => browser.close());
  const tab = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const asked: string[] = [];
  tab.on('request', (request) => asked.push(request.url()));
  return { tab, asked, origin };
}
