import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import Sqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SECRET_PATTERN } from '../../src/api-keys/api-key.js';
import { ask, CREATE, createKey, database, lastLine, run, serve, stop } from '../support/processes/process.js';

describe('serve', () => {
  test('a new key works with a new database, and a restarted server gives the same answers', async () => {
    const { settings } = database();
    const made = await run(['keys', 'create', '--environment', 'e1', '--name', 'first', '--json'], settings);
    expect(made.code).toBe(0);
    const { secret, ...rest } = lastLine(made.out);
    expect(secret).toMatch(SECRET_PATTERN);
    expect(rest).toMatchObject({ name: 'first', environment: 'e1', scopes: ['*'] });
    expect(made.out.trimEnd().split('\n')).toHaveLength(1);

    const first = await serve(settings);
    const key = String(secret);
    const ids: string[] = [];
    for (const name of ['Ada', 'Bob', 'Çelik', 'Zoë 🦊']) {
      const input = { email: `${ids.length}@example.com`, name, externalId: `x${ids.length}`, metadata: { a: name } };
      const { text } = await ask(first.url, key, CREATE, { input });
      ids.push(JSON.parse(text).data.createUser.user.id);
    }
    const page = 'nodes { id email name externalId metadata version createdAt updatedAt }';
    const cursors = 'edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount';
    const second = JSON.parse((await ask(first.url, key, `{ users(first: 2) { ${cursors} } }`)).text);
    const after = second.data.users.pageInfo.endCursor;
    const queries: [string, object?][] = [
      [`{ users { ${page} ${cursors} } }`],
      [`query ($after: String) { users(first: 2, after: $after) { ${page} ${cursors} } }`, { after }],
      [`{ users(last: 3, orderBy: { field: EMAIL }) { ${page} ${cursors} } }`],
      ['query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids: [...ids, 'user_none'] }],
      ['{ userByExternalId(externalId: "x2") { id name } userByEmail(email: "3@EXAMPLE.com") { id name } }'],
      ['{ _service { sdl } __schema { types { name } } }'],
    ];
    const answers = (url: string) => Promise.all(queries.map(([query, given]) => ask(url, key, query, given)));
    const before = await answers(first.url);
    expect(before.map(({ status }) => status)).toEqual(queries.map(() => 200));
    expect(before.filter(({ text }) => text.includes('"errors"'))).toEqual([]);
    expect(await stop(first.child)).toBe(0);
    const restarted = await serve(settings);
    expect(await answers(restarted.url)).toEqual(before);
    expect(await stop(restarted.child)).toBe(0);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s lets every request in progress finish', async (signal) => {
    const { file, settings } = database();
    const { secret } = await createKey(settings);
    const { child, url } = await serve(settings);
    const COUNT = 20;
    const agent = new Agent({ keepAlive: true, maxSockets: COUNT });
    onTestFinished(() => agent.destroy());
    // An idle connection must not keep the process alive.
    const idleAgent = new Agent({ keepAlive: true });
    onTestFinished(() => idleAgent.destroy());
    const idle = await answerOf(url, idleAgent, secret, { query: '{ __typename }' }, () => {});
    expect(idle.status).toBe(200);
    let sent = 0;
    let allSent = () => {};
    const everySent = new Promise<void>((resolve) => {
      allSent = resolve;
    });
    const answers = Array.from({ length: COUNT }, (_, index) => {
      const input = { email: `${index}@example.com`, password: `Zq7!vbN-4471-${index}-hxp` };
      return answerOf(url, agent, secret, { query: CREATE, variables: { input } }, () => {
        sent += 1;
        if (sent === COUNT) allSent();
      });
    });
    await everySent;
    const code = stop(child, signal);
    const done = await Promise.all(answers);
    expect(done.map(({ status }) => status)).toEqual(done.map(() => 200));
    const made = done.map(({ text }) => JSON.parse(text).data.createUser);
    expect(made.flatMap(({ errors }) => errors)).toEqual([]);
    expect(new Set(made.map(({ user }) => user.id)).size).toBe(COUNT);
    expect(await code).toBe(0);
    expect(child.collected.out).toContain('"stopped"');
    expect(child.collected.err).toBe('');

    const db = new Sqlite(file, { readonly: true });
    onTestFinished(() => {
      db.close();
    });
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.prepare('select count(*) from users').pluck().get()).toBe(COUNT);
    await expect(fetch(url)).rejects.toThrow();
  });

  test('closing the database removes its write-ahead log', async () => {
    const { file, settings } = database();
    const { secret } = await createKey(settings);
    const { child, url } = await serve(settings);
    await ask(url, secret, CREATE, { input: { email: 'ada@example.com' } });
    expect(existsSync(`${file}-wal`)).toBe(true);
    expect(await stop(child)).toBe(0);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  test('reports a port in use in one line', async () => {
    const { settings } = database();
    const { url } = await serve(settings);
    const second = await run(['serve'], { ...settings, HOST: '127.0.0.1', PORT: new URL(url).port });
    expect(second.code).toBe(1);
    const { port } = new URL(url);
    expect(second.err).toBe(
      `Port ${port} of 127.0.0.1 is already in use: stop the program that uses it, or set PORT to another port.\n`,
    );
  });
});

/** Sends one request through the agent. Calls `onSent` when the socket has taken the last byte. */
function answerOf(url: string, agent: Agent, secret: string, body: object, onSent: () => void) {
  return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
    const sending = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    sending.on('error', reject);
    sending.on('finish', onSent);
    sending.end(JSON.stringify(body));
  });
}
