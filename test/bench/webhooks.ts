import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.js';
import { systemViewer } from '../../src/auth/viewer.js';
import { loadConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/runtime/logger.js';
import { MAX_WEBHOOK_ENDPOINTS } from '../../src/webhooks/webhook-endpoint.js';

/**
 * How fast events are delivered, and what endpoints cost that have nothing to get:
 * `npm run bench:webhooks -- <events> <endpoints> <idle endpoints>`. Sender, database and receiver are one process.
 */
const [events = 2_000, endpoints = 5, idle = 1_000] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'usergraph-bench-'));
let received = 0;
const receiver = createServer((request, response) => {
  received++;
  request.resume().on('end', () => response.end());
});
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
const { port } = receiver.address() as AddressInfo; // it listens on a port
const config = loadConfig({ DATABASE_URL: `file:${join(folder, 'bench.db')}`, WEBHOOK_NETWORKS: '127.0.0.0/8' });
const { services, close } = await createApp(config, { logger: createLogger('silent'), delivering: 'none' });

async function environment(name: string, count: number, types: readonly ['user.created' | 'user.deleted']) {
  const viewer = systemViewer((await services.environments.ensure(name, 'test')).id, 'bench');
  for (let index = 0; index < count; index++) {
    await services.webhookEndpoints.createWebhookEndpoint(viewer, { url: `http://127.0.0.1:${port}/${index}`, types });
  }
  return viewer;
}

async function write(count: number): Promise<void> {
  for (let made = 0; made < count; made += 100) {
    const users = Array.from({ length: Math.min(100, count - made) }, (_, index) => ({
      email: `u${made + index}@example.com`,
    }));
    await services.users.createUsers(viewer, { users, policy: 'ALL_OR_NOTHING' });
  }
}

const viewer = await environment('bench', endpoints, ['user.created']);
await write(events);
const startedAt = performance.now();
await services.webhookWorker.deliverDue();
const seconds = (performance.now() - startedAt) / 1000;
console.log(
  `${received} deliveries to ${endpoints} endpoints in ${seconds.toFixed(1)} s: ${(received / seconds).toFixed(0)}/s`,
);

// Each environment has a log that has gone on, and endpoints that want none of it.
for (let made = 0; made < idle; made += MAX_WEBHOOK_ENDPOINTS) {
  const other = await environment(`idle${made}`, Math.min(MAX_WEBHOOK_ENDPOINTS, idle - made), ['user.deleted']);
  await services.users.createUser(other, { email: 'a@example.com' });
}
const looks: number[] = [];
for (let look = 0; look < 20; look++) {
  const from = performance.now();
  await services.webhookWorker.deliverDue();
  looks.push(performance.now() - from);
}
looks.sort((a, b) => a - b);
console.log(`one look at ${idle} endpoints that have nothing to get: ${looks[10]?.toFixed(2)} ms`);
receiver.close();
receiver.closeAllConnections();
await close();
rmSync(folder, { recursive: true, force: true });
