import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { failureOf } from '../support/processes/failure.js';
import { ask, CREATE, createKey, database, folder, run, serve, stop } from '../support/processes/process.js';

vi.setConfig({ testTimeout: 240_000 });

const canMount = tryMounting();
if (!canMount) console.warn('SKIPPED: full disks, because a tmpfs cannot be mounted here.');

function tryMounting(): boolean {
  const place = `${process.env.TMPDIR ?? '/tmp'}/usergraph-mount-${process.pid}`;
  mkdirSync(place);
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place]).status === 0;
  if (isMounted) spawnSync('umount', [place]);
  rmSync(place, { recursive: true });
  return isMounted;
}

/** Mounts a small file system and returns functions that fill it and make room again. */
function mountSmallDisk(megabytes: number): { place: string; fill(): void; makeRoom(): void } {
  const place = folder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', place]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', place]));
  const filler = join(place, 'filler');
  return {
    place,
    fill() {
      const handle = openSync(filler, 'a');
      for (const size of [65_536, 4_096]) {
        try {
          for (;;) if (writeSync(handle, Buffer.alloc(size)) < size) break;
        } catch (error) {
          expect(String(error)).toContain('ENOSPC');
        }
      }
      closeSync(handle);
    },
    makeRoom: () => rmSync(filler),
  };
}

describe.skipIf(!canMount)('a full disk', () => {
  test('prevents the server from starting', async () => {
    const { place, fill } = mountSmallDisk(1);
    fill();
    const said = await failureOf(['serve'], { DATABASE_URL: `file:${join(place, 'test.db')}`, PORT: '0' });
    expect(said).toMatch(/^The disk of the database is full( or broken)? \(SQLITE_\w+\): make room on it/);
  });

  test('makes writes fail with SERVICE_UNAVAILABLE and a clear log entry until there is room again', async () => {
    const { place, fill, makeRoom } = mountSmallDisk(8);
    const settings = { DATABASE_URL: `file:${join(place, 'test.db')}`, RATE_LIMIT_POINTS: '0' };
    const { secret } = await createKey(settings);
    const { child, url } = await serve(settings);
    fill();
    const create = (index: number) => ask(url, secret, CREATE, { input: { email: `${index}@example.com` } });
    let count = 0;
    let answer = await create(count);
    // The write-ahead log may have room for some writes.
    while (answer.status === 200 && count < 1_000) answer = await create(++count);
    expect(answer.status).toBe(503);
    const { errors } = JSON.parse(answer.text) as { errors: { message: string; extensions: object }[] };
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(
          /^The database cannot be used at the moment, and nothing was changed: try again later\./,
        ),
        extensions: expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }),
      }),
    ]);
    // Reads still succeed.
    const read = await ask(url, secret, '{ users { totalCount } }');
    expect(JSON.parse(read.text).data).toEqual({ users: { totalCount: count } });
    const failuresIn = (log: string) =>
      log
        .split('\n')
        .filter((line) => line.endsWith('}'))
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ level }) => Number(level) >= 50);
    // The answer may arrive before the log line.
    await expect.poll(() => failuresIn(child.collected.out).length).toBeGreaterThan(0);
    const failures = failuresIn(child.collected.out);
    expect(failures).toEqual(
      failures.map(() =>
        expect.objectContaining({
          err: {
            what: expect.stringMatching(/^The disk of the database is full/),
            advice: expect.stringMatching(/^make room/),
          },
        }),
      ),
    );
    expect(failures).toContainEqual(expect.objectContaining({ msg: 'the database cannot be used' }));
    expect(child.collected.out).not.toContain('stack');
    makeRoom();
    expect((await create(count)).status).toBe(200);
    expect(await stop(child)).toBe(0);
    expect(child.collected.err).toBe('');
  });

  test('leaves no partial backup or export', async () => {
    const { settings } = database();
    expect((await run(['seed', '--environment', 'e1', '--users', '300'], settings)).code).toBe(0);
    const { place, fill } = mountSmallDisk(1);
    fill();
    expect(await failureOf(['backup', '--out', join(place, 'b.db')], settings)).toMatch(/free; .* are needed/);
    const out = join(place, 'users.ndjson');
    const said = await failureOf(['users', 'export', '--environment', 'e1', '--out', out], settings);
    expect(said).toContain('the disk is full (ENOSPC)');
    expect(readdirSync(place)).toEqual(['filler']);
  });
});
