import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { ALL_SCOPES } from '../../src/auth/scope.js';
import { loadConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/runtime/logger.js';
import { ask, database, type Settings, serve } from '../support/processes/process.js';
import { execute } from '../support/test-app.js';

const CRASH = fileURLToPath(new URL('../support/sql/crash.mjs', import.meta.url));

const CREATE = `mutation ($input: CreateUsersInput!) {
  createUsers(input: $input) {
    createdCount
    results { user { id email createdAt } errors { ... on MutationError { code path } } }
    errors { ... on MutationError { code } }
  }
}`;

/** An app in this process, on the database of the other one. */
function open(settings: Settings) {
  return createApp(loadConfig({ NODE_ENV: 'test', ...settings }), { logger: createLogger('silent') });
}

test.each(['before', 'after'])(
  'a call with a key, during which the server is killed %s the commit, is done once it is repeated',
  async (moment) => {
    const { settings } = database();
    const first = await open(settings);
    const key = { environment: 'e1', kind: 'test', name: 'k1', scopes: ALL_SCOPES } as const;
    const { secret } = await first.services.apiKeys.create(key);
    await first.close();

    const { child, url } = await serve({ ...settings, NODE_OPTIONS: `--import ${CRASH}`, CRASH: moment });
    const users = [{ email: 'a@example.com', password: 'i8uv6g34kd490s' }, { email: 'nonsense' }];
    const input = { users, idempotencyKey: 'key' };
    const killed = once(child, 'exit');
    await expect(ask(url, secret, CREATE, { input })).rejects.toThrow();
    expect(await killed).toEqual([null, 'SIGKILL']);

    const later = await open(settings);
    const written = async () => (await later.db.reader.selectFrom('users').select('id').execute()).map(({ id }) => id);
    const before = await written();
    expect(before).toHaveLength(moment === 'after' ? 1 : 0);
    const answer = await execute(later, secret, CREATE, { input });
    const { createUsers } = answer.data;
    expect(createUsers).toMatchObject({ createdCount: 1, results: [{ errors: [] }, { user: null }], errors: [] });
    const after = await written();
    expect(after).toEqual([createUsers.results[0].user.id]);
    if (moment === 'after') expect(after).toEqual(before);
    expect(await execute(later, secret, CREATE, { input })).toEqual(answer);
    await later.close();
  },
);
