import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isEnvironmentName, MAX_ENVIRONMENT_NAME_LENGTH } from '../src/environments/environment.js';
import { database, folder, lastLine, run } from './support/process.js';

describe('environments', () => {
  test('are made once, listed by name, and give their kind to their keys', async () => {
    const { settings } = database();
    const live = await run(['environments', 'create', '--name', 'production', '--live', '--json'], settings);
    expect(live.code).toBe(0);
    expect(lastLine(live.out)).toMatchObject({ name: 'production', kind: 'live' });
    expect((await run(['environments', 'create', '--name', 'a b'], settings)).out).toMatch(
      /^Made the test environment 'a b': env_\S+\.\n$/,
    );
    const again = await run(['environments', 'create', '--name', 'production'], settings);
    expect(again).toMatchObject({ code: 1, err: "There is an environment 'production' already.\n" });

    const key = await run(['keys', 'create', '--environment', 'production', '--name', 'k', '--json'], settings);
    expect(lastLine(key.out).secret).toMatch(/^sk_live_/);
    const { environments } = lastLine((await run(['environments', 'list', '--json'], settings)).out);
    expect(environments).toMatchObject([
      { name: 'a b', kind: 'test' },
      { name: 'production', kind: 'live', id: lastLine(live.out).id },
    ]);
  });

  test('have a kind and a name that can be read', async () => {
    const { settings } = database();
    const both = await run(['environments', 'create', '--name', 'x', '--live', '--test'], settings);
    expect(both).toMatchObject({ code: 1, err: 'An environment is --live or --test, not both.\n' });
    const { code, err } = await run(['environments', 'create', '--name', 'a\nb'], settings);
    expect(code).toBe(1);
    expect(err).toMatch(/^The name of an environment has 1 to 255 characters.*\n$/);
    const longest = 'n'.repeat(MAX_ENVIRONMENT_NAME_LENGTH);
    expect([longest, 'a b', '日本'].every(isEnvironmentName)).toBe(true);
    expect(['', ' ', 'a\nb', `${longest}n`].some(isEnvironmentName)).toBe(false);
  });
});

describe('config', () => {
  test('check names all problems at once and starts nothing', async () => {
    const { settings } = database();
    expect(await run(['config', 'check'], settings)).toMatchObject({ code: 0, out: 'The configuration is usable.\n' });
    const wrong = { PORT: 'http', MAX_BODY_BYTES: '1', SECRET_KEY: 'short-secret', SECRET_KEY_FILE: '/nowhere/key' };
    const lines = await run(['config', 'check'], wrong);
    expect(lines.code).toBe(1);
    expect(
      lines.out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(['DATABASE_URL', 'PORT', 'SECRET_KEY_FILE', 'MAX_BODY_BYTES']);
    const { ok, problems } = lastLine((await run(['config', 'check', '--json'], wrong)).out);
    expect(ok).toBe(false);
    expect(problems).toEqual(lines.out.trimEnd().split('\n'));
    expect(lines.out).not.toContain('short-secret');
  });

  test('print shows what counts, and no secret', async () => {
    const { settings } = database();
    const smtp = join(folder(), 'smtp');
    writeFileSync(smtp, 'smtp://user:open-sesame@127.0.0.1\n');
    const given = { ...settings, SMTP_URL_FILE: smtp, MAIL_FROM: 'a@example.com', SECRET_KEY: 'open-sesame'.repeat(3) };
    const { code, out } = await run(['config', 'print'], given);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual(
      expect.arrayContaining([
        'PORT=4000',
        'MAIL_FROM=a@example.com',
        'SECRET_KEY=set, not shown',
        'SMTP_URL=set, not shown',
        '# MAIL_OUTBOX is not set',
      ]),
    );
    expect(out).not.toContain('open-sesame');
  });
});
