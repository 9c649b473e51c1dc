import { once } from 'node:events';
import { expect, test } from 'vitest';
import { newDatabase } from '../support/processes/new-database.js';
import { ask, CREATE, createKey, run, says, serve, start } from '../support/processes/process.js';

const ids = (out: string): string[] =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).id);

test('events tail follows the log, prints one object per line, and resumes after a cursor', async () => {
  const { settings } = await newDatabase();
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

test('events tail reports wrong arguments', async () => {
  const { settings } = await newDatabase();
  await createKey(settings);
  const said = async (...args: string[]) => {
    const { code, err } = await run(['events', 'tail', '--environment', 'e1', ...args], settings);
    return [code, err.split('\n')[0]];
  };
  expect(await said('--types', 'user.gone')).toEqual([1, expect.stringContaining('Unknown event type: user.gone')]);
  expect(await said('--after', 'x')).toEqual([1, expect.stringContaining('not a valid cursor')]);
  expect(await said('--limit', '0')).toEqual([1, expect.stringContaining('positive integer')]);
  const { code, err } = await run(['events', 'tail', '--environment', 'none'], settings);
  expect([code, err]).toEqual([1, "No environment is named 'none'.\n"]);
});
