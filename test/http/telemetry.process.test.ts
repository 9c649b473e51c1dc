import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createKey, database, run, says, serve, start, stop } from '../support/processes/process.js';

/** Starts an app from the built program, asks it something, and prints which packages for telemetry were loaded. */
const SCRIPT = `
  import { createRequire } from 'node:module';
  import { createApp } from './dist/src/app.js';
  import { loadConfig } from './dist/src/config/config.js';
  const app = await createApp(loadConfig({ ...JSON.parse(process.argv[1]), LOG_LEVEL: 'silent' }));
  await app.fetch(new Request('http://localhost/graphql', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ __typename }"}',
  }));
  const files = Object.keys(createRequire(import.meta.url).cache);
  const loaded = ['prom-client', '@opentelemetry'].filter((name) => files.some((file) => file.includes('/' + name + '/')));
  console.log(JSON.stringify(loaded));
  process.exit(0);
`;

function loadedWith(settings: Record<string, string>): unknown {
  const args = ['--input-type=module', '-e', SCRIPT, JSON.stringify({ ...database().settings, ...settings })];
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: 'utf8' }));
}

test('disabled features are not loaded', () => {
  expect(loadedWith({})).toEqual([]);
  // What the test would see if it were.
  expect(loadedWith({ METRICS_PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })).toEqual([
    'prom-client',
    '@opentelemetry',
  ]);
});

test('metrics have a listener of their own, on loopback, that ends with the server', async () => {
  const { settings } = database();
  await createKey(settings);
  const child = start(['serve'], { ...settings, PORT: '0', METRICS_PORT: '0' });
  const [, metrics = ''] = await says(child, /"url":"(http:[^"]+\/metrics)"/);
  const [, graphql = ''] = await says(child, /"url":"(http:[^"]+\/graphql)"/);
  expect(metrics).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  const answer = await fetch(metrics);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=/);
  expect(await answer.text()).toContain('usergraph_database_bytes ');
  expect((await fetch(metrics.replace('/metrics', '/'))).status).toBe(404);
  expect((await fetch(graphql.replace('/graphql', '/metrics'))).status).toBe(404);
  expect(await stop(child)).toBe(0);
  await expect(fetch(metrics)).rejects.toThrow();
});

test('a metrics port in use is reported in one line', async () => {
  const { settings } = database();
  const { child, url } = await serve(settings);
  const { code, err } = await run(['serve'], { ...settings, PORT: '0', METRICS_PORT: new URL(url).port });
  expect(code).toBe(1);
  expect(err).toMatch(/^Port \d+ of 127\.0\.0\.1 is already in use: .* set METRICS_PORT to another port\.\n$/);
  expect(await stop(child)).toBe(0);
});
