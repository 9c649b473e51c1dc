import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ask, CREATE, createKey, database, run, says, serve, start } from './support/process.js';
import { EVENTS, readStream } from './support/streams.js';

function follow(url: string, secret: string, after: string | null) {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${secret}`,
      ...(after === null ? {} : { 'last-event-id': after }),
    },
    body: JSON.stringify({ query: EVENTS }),
  });
}

const ids = (out: string): string[] =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).id);

test('writers in three processes, a reader whose server is killed again and again: none missed, none out of order', async () => {
  const { settings } = database();
  const { secret } = await createKey(settings);
  const writers = [await serve(settings), await serve(settings), await serve(settings)];
  const COUNT = 120;
  const writing = writers.map(async ({ url }, writer) => {
    for (let index = 0; index < COUNT; index++) {
      const input = { email: `w${writer}-${index}@example.com` };
      expect((await ask(url, secret, CREATE, { input })).status).toBe(200);
    }
  });
  const seen: string[] = [];
  let cursor: string | null = null;
  const total = COUNT * writers.length;
  // The start of the log, so that what is written before the first stream is not missed.
  const first = await run(['events', 'tail', '--environment', 'e1', '--from-start', '--limit', '1'], settings);
  cursor = JSON.parse(first.out).cursor;
  for (let kills = 0; seen.length < total; kills++) {
    const server = await serve(settings);
    const stream = readStream(await follow(server.url, secret, cursor));
    const upTo = kills < 4 ? Math.min(seen.length + 40, total) : total;
    while (seen.length < upTo) {
      const message = await stream.next();
      const email = message?.answer?.data.events.node.snapshot?.email;
      if (message?.id) cursor = message.id;
      if (email !== undefined) seen.push(email);
    }
    const gone = once(server.child, 'close');
    server.child.kill('SIGKILL');
    await gone;
  }
  await Promise.all(writing);
  const log = await run(
    ['events', 'tail', '--environment', 'e1', '--from-start', '--types', 'user.created', '--limit', String(total)],
    settings,
  );
  const written = log.out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).data.email);
  expect(seen).toEqual(written);
  expect(new Set(seen).size).toBe(total);
}, 120_000);

test('events tail follows what a server writes, one object a line, and goes on after a cursor', async () => {
  const { settings } = database();
  const { secret } = await createKey(settings);
  const { url } = await serve(settings);
  await ask(url, secret, CREATE, { input: { email: 'before@example.com' } });
  const tail = start(['events', 'tail', '--environment', 'e1', '--from-start'], settings);
  await says(tail, /before@example\.com/);
  await ask(url, secret, CREATE, { input: { email: 'after@example.com' } });
  await says(tail, /after@example\.com[^\n]*\n/);
  const ended = once(tail, 'close');
  tail.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  const lines = tail.collected.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ name }) => name)).toEqual(['api_key.created', 'user.created', 'user.created']);
  expect(lines[1]).toMatchObject({ data: { email: 'before@example.com' }, actor: { source: 'API' } });
  const rest = ['events', 'tail', '--environment', 'e1', '--after', lines[1].cursor, '--limit', '1'];
  expect(ids((await run(rest, settings)).out)).toEqual([lines[2].id]);
});

test('events tail says what is wrong with how it was called', async () => {
  const { settings } = database();
  await createKey(settings);
  const said = async (...args: string[]) => {
    const { code, err } = await run(['events', 'tail', '--environment', 'e1', ...args], settings);
    return [code, err.split('\n')[0]];
  };
  expect(await said('--types', 'user.gone')).toEqual([1, expect.stringContaining('no such type')]);
  expect(await said('--after', 'x')).toEqual([1, expect.stringContaining('not a cursor')]);
  expect(await said('--limit', '0')).toEqual([1, expect.stringContaining('from 1')]);
  const { code, err } = await run(['events', 'tail', '--environment', 'none'], settings);
  expect([code, err]).toEqual([1, "There is no environment 'none'.\n"]);
});
