import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { type Child, createKey, database, folder, lastLine, run, says, start } from './support/process.js';

vi.setConfig({ testTimeout: 120_000 });

/** Runs a program as process 1 of a namespace of its own, as a container does. */
const AS_PROCESS_1 = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
const canBeProcess1 = spawnSync(AS_PROCESS_1[0] ?? '', [...AS_PROCESS_1.slice(1), 'true']).status === 0;
if (!canBeProcess1) console.warn('SKIPPED: stopping as process 1, because unshare --pid does not work here.');

/** A process to send signals to: our program's own, whatever started it. */
async function pidOf(child: Child, isThrough: boolean): Promise<number> {
  const { pid = 0 } = child;
  if (!isThrough) return pid;
  return until(child, () => Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]));
}

/** Asks again and again until there is an answer, as long as the process runs. */
async function until<T>(child: Child, ask: () => T | undefined | 0 | false): Promise<T> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${child.collected.err}`);
    const answer = ask();
    if (answer) return answer;
    await nextTurn();
  }
}

/** Whether the program has begun: it sets its umask when it has asked for signals. Node itself catches them before. */
function hasBegun(pid: number): boolean {
  return /^Umask:\s*0077$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** Points of a start, from the first at which a signal arrives at all. */
const POINTS: Record<string, (child: Child, pid: number, file: string) => Promise<unknown>> = {
  'as soon as it has begun': (child, pid) => until(child, () => hasBegun(pid)),
  'when the database file is there': (child, _pid, file) => until(child, () => existsSync(file)),
  'when the schema is being made': (child, _pid, file) => until(child, () => existsSync(`${file}-wal`)),
  'at its first line': (child) => says(child, /\n/),
  'when it listens': (child) => says(child, /"listening"/),
};

describe.each([
  ['as process 1', true],
  ['as any process', false],
])('%s', (_, isThrough) => {
  test.skipIf(isThrough && !canBeProcess1).each(Object.keys(POINTS))('serve stops %s', async (point) => {
    const { file, settings } = database();
    const through = isThrough ? AS_PROCESS_1 : [];
    const child = start(['serve'], { ...settings, PORT: '0' }, 'ignore', { through });
    const closed = once(child, 'close');
    const pid = await pidOf(child, isThrough);
    await POINTS[point]?.(child, pid, file);
    process.kill(pid, 'SIGTERM');
    const [code] = await closed;
    expect(child.collected.err).toBe('');
    expect(code).toBe(0);
    if (point === 'as soon as it has begun') expect(child.collected.out).not.toContain('"listening"');
    // What was open is closed: its log has been moved into the file.
    expect(readdirSync(file.replace(/[^/]+$/, '')).filter((name) => /-(wal|shm)$/.test(name))).toEqual([]);
  });

  test.skipIf(isThrough && !canBeProcess1)('a command ends at once, and leaves no temporary files', async () => {
    const { settings } = database();
    await createKey(settings);
    const place = folder();
    const args = [
      'users',
      'import',
      '-',
      '--format',
      'ndjson',
      '--environment',
      'e1',
      '--dry-run',
      '--rejects',
      `${place}/r`,
    ];
    const through = isThrough ? AS_PROCESS_1 : [];
    const child = start(args, { ...settings, TMPDIR: place }, 'pipe', { through });
    const closed = once(child, 'close');
    const pid = await pidOf(child, isThrough);
    // It waits for its input, with a copy of the database in the folder.
    await until(child, () => existsSync(`${place}/r`));
    expect(readdirSync(place).filter((name) => name.startsWith('usergraph-copy-'))).toHaveLength(1);
    process.kill(pid, 'SIGINT');
    const [code] = await closed;
    expect(code).toBe(130);
    expect(readdirSync(place).filter((name) => name.startsWith('usergraph-'))).toEqual([]);
  });

  test.skipIf(isThrough && !canBeProcess1)('demo stops while it starts, and takes its folder with it', async () => {
    const place = folder();
    const through = isThrough ? AS_PROCESS_1 : [];
    const child = start(['demo'], { PORT: '0', TMPDIR: place }, 'ignore', { through });
    const closed = once(child, 'close');
    const pid = await pidOf(child, isThrough);
    await until(child, () => readdirSync(place).length > 0);
    process.kill(pid, 'SIGTERM');
    const [code] = await closed;
    expect([code, child.collected.out, child.collected.err]).toEqual([0, '', '']);
    expect(readdirSync(place)).toEqual([]);
  });
});

test('a server that was stopped while it started starts again', async () => {
  const { file, settings } = database();
  for (let round = 0; round < 5; round++) {
    const child = start(['serve'], { ...settings, PORT: '0' });
    const closed = once(child, 'close');
    await until(child, () => existsSync(file));
    child.kill('SIGTERM');
    await closed;
  }
  expect(lastLine((await run(['migrate', '--json'], settings)).out)).toMatchObject({ database: file });
});
