import { readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { systemViewer } from '../../src/auth/viewer.js';
import { exportOf } from '../../src/transfers/user-export.js';
import { lastLine } from '../support/processes/process.js';
import { testApp } from '../support/test-app.js';
import { CAROL } from '../support/transfers/rows.js';
import { ADA, command, HASH, importFile, ndjson, stateOf, world } from '../support/transfers.js';

describe('export', () => {
  test('exports hashes only on request, and overwrites no file', async () => {
    const app = await world();
    await importFile(app, app.put('people.ndjson', ndjson(ADA, CAROL)));
    const args = ['users', 'export', '--environment', 'e1'];
    const plain = await command(app.settings, args);
    expect(plain.code).toBe(0);
    expect(plain.err).toBe("Exported 2 users of the environment 'e1'.\n");
    const [ada] = plain.out.split('\n').map((line) => line && JSON.parse(line));
    const { passwordHash, passwordHashType, ...fields } = ADA;
    expect(ada).toEqual({
      ...fields,
      id: expect.stringMatching(/^user_/),
      locale: 'en-GB',
      version: 1,
      lastSignInAt: null,
      profilePictureUrl: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const out = app.path('out.csv');
    const hashed = await command(app.settings, [...args, '--format', 'csv', '--out', out, '--with-hashes', '--json']);
    expect(lastLine(hashed.out)).toEqual({ environment: 'e1', format: 'csv', out, users: 2, withHashes: true });
    expect(hashed.err).toContain('The file contains password hashes');
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(
      readFileSync(out, 'utf8')
        .split('\n')
        .slice(0, 2)
        .map((line) => line.replace(/user_\w+|\d{4}-[^,]+Z/g, '*')),
    ).toEqual([
      'id,email,emailVerified,firstName,lastName,name,externalId,locale,passwordHash,passwordHashType,passwordSaltPosition,version,lastSignInAt,profilePictureUrl,createdAt,updatedAt,metadata.a,metadata.b,metadata.empty,metadata.plan',
      `*,ada@example.com,true,Ada,Lovelace,Ada Lovelace,a-1,en-GB,${HASH},BCRYPT,,1,,,*,*,,,"",pro`,
    ]);
    const before = readFileSync(out, 'utf8');
    const again = await command(app.settings, [...args, '--out', out]);
    expect(again).toMatchObject({ code: 1, err: `There is a file ${out} already.\n` });
    expect(readFileSync(out, 'utf8')).toBe(before);
  });

  test('importing an edited export updates the users', async () => {
    const app = await world();
    await importFile(app, app.put('people.ndjson', ndjson(ADA, CAROL)));
    const { out } = await command(app.settings, ['users', 'export', '--environment', 'e1', '--format', 'csv']);
    const edited = app.put('edited.csv', out.replace('Carol', 'Carola'));
    const { code, result } = await importFile(app, edited, '--on-conflict', 'update');
    expect({ code, ...result }).toMatchObject({ code: 0, created: 0, updated: 1, skipped: 1, refused: 0 });
    expect(stateOf(app.file).users).toMatchObject([
      { version: 1, hash: HASH },
      { version: 2, first_name: 'Carola' },
    ]);
  });

  test('a CSV export accepts metadata keys up to the limit, and refuses one more', async () => {
    async function* pages(keys: number) {
      const { app } = await testApp();
      const viewer = systemViewer((await app.services.environments.ensure('e1', 'test')).id, 'test');
      for (let index = 0; index < keys; index += 50) {
        const size = Math.min(50, keys - index);
        const metadata = Object.fromEntries(Array.from({ length: size }, (_, at) => [`k${index + at}`, 'v']));
        await app.services.users.createUser(viewer, { email: `p${index}@example.com`, metadata });
      }
      yield* app.services.userExports.pages(viewer, false);
    }
    await expect(exportOf(() => pages(1_000), 'csv', false)).resolves.toBeDefined();
    await expect(exportOf(() => pages(1_001), 'csv', false)).rejects.toThrow('NDJSON');
  });
});
