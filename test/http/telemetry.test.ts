import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { VERSION } from '../../src/runtime/version.js';
import { MAX_OPERATION_NAMES, OperationNames } from '../../src/telemetry/operation-names.js';
import { isOnPostgres } from '../support/postgres/database.js';
import { restClient } from '../support/rest/rest-client.js';
import { codeIn, post, testApp } from '../support/test-app.js';

const CREATE = `mutation CreateUser($input: CreateUserInput!) {
  createUser(input: $input) { user { id } errors { ... on MutationError { code } } }
}`;

/** Values of a label in Prometheus' text format. */
function labels(text: string, name: string): Set<string> {
  return new Set([...text.matchAll(new RegExp(`[{,]${name}="([^"]*)"`, 'g'))].map((match) => match[1] ?? ''));
}

test('operation names are distinguished up to the limit, if they are valid names', () => {
  const names = new OperationNames();
  const all = Array.from({ length: MAX_OPERATION_NAMES }, (_, index) => `Q${index}`);
  expect(all.map((name) => names.label(name))).toEqual(all);
  const more = Array.from({ length: 10_000 }, (_, index) => names.label(`More${index}`));
  expect(new Set(more)).toEqual(new Set(['(other)']));
  expect(names.label('Q0')).toBe('Q0');
  expect(names.label(undefined)).toBe('(anonymous)');
  const fresh = new OperationNames();
  expect(fresh.label('n'.repeat(64))).toBe('n'.repeat(64));
  expect(fresh.label('n'.repeat(65))).toBe('(other)');
  expect(fresh.label('a b')).toBe('(other)');
});

test('a thousand operation names make a bounded number of series, and unknown callers use none', async () => {
  const { app, key } = await testApp({ METRICS_PORT: '0' });
  const secret = await key();
  for (let round = 0; round < 10; round++) await post(app, null, { query: `query Stranger${round} { __typename }` });
  for (let start = 0; start < 1_000; start += 100) {
    const batch = Array.from({ length: 100 }, (_, index) => `query N${start + index} { __typename }`);
    const answers = await Promise.all(batch.map((query) => post(app, secret, { query })));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  }
  const text = (await app.metrics?.text()) ?? '';
  const operations = labels(text, 'operation');
  expect(operations.size).toBe(MAX_OPERATION_NAMES + 2);
  expect([...operations].filter((name) => name.startsWith('Stranger'))).toEqual([]);
  expect(operations).toContain('(other)');
  expect(text).toMatch(/usergraph_operation_seconds_count\{operation="\(other\)",outcome="ok"\} 900\n/);
  expect(text.split('\n').length).toBeLessThan(2_500);
});

test('exports metrics of requests, errors, commits and the machine, without personal data', async () => {
  const { app, key } = await testApp({ METRICS_PORT: '0' });
  const secret = await key();
  const email = 'canary@example.com';
  await post(app, secret, { query: CREATE, variables: { input: { email, password: 'Zq7!vbN-4471-canary' } } });
  await post(app, secret, { query: `{ userByEmail(email: "${email}") { id } }` });
  await post(app, `${secret.slice(0, -1)}?`, { query: '{ __typename }' });
  await post(app, secret, { query: '{ nonsense' });
  const rest = restClient(app, secret);
  await rest('GET', `/user_management/users?email=${email}`);
  await rest('GET', `/user_management/users/external_id/${email}`);
  await rest('GET', '/user_management/nothing');
  const text = (await app.metrics?.text()) ?? '';
  expect(text).toMatch(/usergraph_operation_seconds_count\{operation="CreateUser",outcome="ok"\} 1\n/);
  expect(text).toMatch(/usergraph_operation_seconds_count\{operation="\(anonymous\)",outcome="ok"\} 1\n/);
  expect(text).toMatch(/usergraph_operation_seconds_count\{operation="\(none\)",outcome="error"\} 2\n/);
  expect(text).toMatch(/usergraph_rest_operation_seconds_count\{operation="listUsers",outcome="ok"\} 1\n/);
  expect(text).toMatch(/usergraph_rest_operation_seconds_count\{operation="getUserByExternalId",outcome="error"\} 1\n/);
  expect(text).toMatch(/usergraph_request_errors_total\{code="UNAUTHENTICATED"\} 1\n/);
  expect(text).toMatch(/usergraph_request_errors_total\{code="GRAPHQL_PARSE_FAILED"\} 1\n/);
  expect(text).toMatch(/usergraph_http_requests_total\{status="401"\} 1\n/);
  expect(Number(/usergraph_commit_seconds_count (\d+)/.exec(text)?.[1])).toBeGreaterThan(0);
  // The log of PostgreSQL is the operator's.
  expect(Number(/usergraph_wal_bytes (\d+)/.exec(text)?.[1])).toBeGreaterThanOrEqual(isOnPostgres() ? 0 : 1);
  expect(text).toMatch(/usergraph_mails\{state="pending"\} 0\n/);
  expect(text).toMatch(/usergraph_mails\{state="failed"\} 0\n/);
  expect(text).toMatch(/usergraph_writes_waiting 0\n/);
  expect(text).toMatch(/usergraph_password_hashes_waiting 0\n/);
  expect(text).toMatch(/usergraph_event_streams 0\n/);
  expect(text).toContain(`usergraph_build_info{version="${VERSION}",node="${process.version}"} 1\n`);
  expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds /);
  expect(text).not.toContain('canary');
  expect(text).not.toContain(secret);
});

interface Received {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: { key: string; value: Record<string, unknown> }[];
}

/** A collector: what OTLP/HTTP sends to it, as text and as spans. */
async function collector(): Promise<{ url: string; bodies: string[]; headers: unknown[]; spans: () => Received[] }> {
  const bodies: string[] = [];
  const headers: unknown[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    bodies.push(Buffer.concat(chunks).toString('utf8'));
    headers.push({ url: request.url, ...request.headers });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // a server on a TCP port
  const spans = () =>
    bodies.flatMap((body) =>
      JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: Received[] }[] }) =>
        resource.scopeSpans.flatMap((scope) => scope.spans),
      ),
    );
  return { url: `http://127.0.0.1:${port}`, bodies, headers, spans };
}

/** Each span starts at a whole millisecond of the clock and measures from there. */
const MILLISECOND = 1_000_000n;
const TRACE = 'a'.repeat(32);

test("a request is one trace of nested spans under the caller's, without personal data", async () => {
  const { url, bodies, headers, spans } = await collector();
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_HEADERS: 'x-token=open,x-b=c=d' };
  const { app, key, mails } = await testApp(settings);
  const secret = await key();
  const send = (trace: string, query: string, variables?: object) =>
    app.fetch(
      new Request('http://localhost/graphql?canary=1', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${secret}`,
          traceparent: `00-${trace}-${'b'.repeat(16)}-01`,
        },
        body: JSON.stringify({ query, variables }),
      }),
    );
  const input = { email: 'canary@example.com', firstName: 'Canary', password: 'Zq7!vbN-4471-canary' };
  const others = ['1', '2', '3'].map((digit) =>
    send(digit.repeat(32), CREATE, { input: { email: `canary${digit}@example.com` } }),
  );
  const made = await send(TRACE, CREATE, { input });
  await Promise.all(others);
  const { data } = JSON.parse(await made.text());
  const userId = data.createUser.user.id;
  const SEND = `mutation { sendVerificationEmail(input: { userId: "${userId}" }) { errors { ... on MutationError { code } } } }`;
  await send('4'.repeat(32), SEND);
  await send('5'.repeat(32), '{ userByEmail(email: "canary@example.com") { firstName } }');
  await app.fetch(new Request('http://localhost/canary'));
  await app.close();

  const trace = spans().filter(({ traceId }) => traceId === TRACE);
  const byId = new Map(trace.map((span) => [span.spanId, span]));
  const path = (span: Received): string => {
    const parent = byId.get(span.parentSpanId ?? '');
    return parent ? `${path(parent)} > ${span.name}` : span.name;
  };
  const paths = trace.map(path);
  expect(paths).toEqual(
    expect.arrayContaining([
      'POST /graphql',
      'POST /graphql > parse',
      'POST /graphql > validate',
      'POST /graphql > execute',
      'POST /graphql > execute > transaction',
      'POST /graphql > execute > transaction > INSERT',
      'POST /graphql > execute > transaction > commit',
    ]),
  );
  const root = trace.find(({ name }) => name === 'POST /graphql');
  expect(root?.parentSpanId).toBe('b'.repeat(16));
  for (const span of trace) {
    const parent = byId.get(span.parentSpanId ?? '');
    if (!parent) continue;
    expect(BigInt(span.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(parent.startTimeUnixNano) - MILLISECOND);
    expect(BigInt(span.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(parent.endTimeUnixNano) + MILLISECOND);
  }
  const attributes = Object.fromEntries(
    (root?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]),
  );
  expect(attributes).toMatchObject({
    'http.request.method': 'POST',
    'url.path': '/graphql',
    'http.response.status_code': 200,
    'graphql.operation.type': 'mutation',
    'graphql.operation.name': 'CreateUser',
  });
  // Units that shared a commit: each one's statements are in its own trace, as many as in the others. Those of a batch
  // are in the trace of its first.
  const count = (wanted: string) =>
    ['1', '2', '3'].map(
      (digit) => spans().filter(({ traceId, name }) => traceId === digit.repeat(32) && name === wanted).length,
    );
  const inserts = count('INSERT').filter((number) => number > 0 || !isOnPostgres());
  expect(new Set(inserts).size).toBe(1);
  expect(inserts[0]).toBeGreaterThan(1);
  expect(Math.min(...count('transaction'), ...count('commit'))).toBeGreaterThan(0);
  expect(spans().map(({ name }) => name)).toContain('GET (other)');
  expect(headers[0]).toMatchObject({ url: '/v1/traces', 'x-token': 'open', 'x-b': 'c=d' });

  const told = bodies.join();
  expect(told).not.toMatch(/canary/i);
  for (const hidden of [secret, input.password, codeIn(mails.at(-1))].filter(Boolean))
    expect(told).not.toContain(hidden);
});

test('a sampler of 0 sends nothing, and an unreachable collector fails no request', async () => {
  const { url, spans } = await collector();
  const silent = await testApp({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_SAMPLER_ARG: '0' });
  expect((await post(silent.app, await silent.key(), { query: '{ __typename }' })).status).toBe(200);
  await silent.app.close();
  expect(spans()).toEqual([]);
  const away = await testApp({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
  expect((await post(away.app, await away.key(), { query: '{ __typename }' })).status).toBe(200);
});
