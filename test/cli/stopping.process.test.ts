import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { type Child, createKey, database, folder, lastLine, run, says, start } from '../support/processes/process.js';
import { runs } from '../support/runs.js';

vi.setConfig({ testTimeout: 120_000 });

/** Runs a program as process 1 of its own PID namespace, as in a container. */
const AS_PROCESS_1 = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
const canBeProcess1 = spawnSync(AS_PROCESS_1[0] ?? '', [...AS_PROCESS_1.slice(1), 'true']).status === 0;
if (!canBeProcess1) console.warn('SKIPPED: stopping as process 1, because unshare --pid does not work here.');

/** Returns the ID of the process to signal: the program's own process, not that of a wrapper. */
async function pidOf(child: Child, isWrapped: boolean): Promise<number> {
  const { pid = 0 } = child;
  if (!isWrapped) return pid;
  return until(child, () => Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]));
}

/** Polls until there is a result. Throws when the process ends first. */
async function until<T>(child: Child, ask: () => T | undefined | 0 | false): Promise<T> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${child.collected.err}`);
    const answer = ask();
    if (answer) return answer;
    await nextTurn();
  }
}

/**
 * Whether the program has registered its signal handlers: it sets its umask right after that. Before, Node's own
 * defaults apply.
 */
function handlesSignals(pid: number): boolean {
  return /^Umask:\s*0077$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** Points during the start, beginning with the first at which a signal reaches the program. */
const POINTS: Record<string, (child: Child, pid: number, file: string) => Promise<unknown>> = {
  'as soon as it handles signals': (child, pid) => until(child, () => handlesSignals(pid)),
  'when the database file exists': (child, _pid, file) => until(child, () => existsSync(file)),
  'while it creates the schema': (child, _pid, file) => until(child, () => existsSync(`${file}-wal`)),
  'at its first line of output': (child) => says(child, /\n/),
  'when it listens': (child) => says(child, /"listening"/),
};

describe.each([
  ['as process 1', true],
  ['as an ordinary process', false],
])('%s', (_, isWrapped) => {
  test.skipIf(isWrapped && !canBeProcess1).each(Object.keys(POINTS))('serve stops %s', async (point) => {
    const { file, settings } = database();
    const through = isWrapped ? AS_PROCESS_1 : [];
    const child = start(['serve'], { ...settings, PORT: '0' }, 'ignore', { through });
    const closed = once(child, 'close');
    const pid = await pidOf(child, isWrapped);
    await POINTS[point]?.(child, pid, file);
    process.kill(pid, 'SIGTERM');
    const [code] = await closed;
    expect(child.collected.err).toBe('');
    expect(code).toBe(0);
    if (point === 'as soon as it handles signals') expect(child.collected.out).not.toContain('"listening"');
    // A closed database leaves no write-ahead log.
    expect(readdirSync(file.replace(/[^/]+$/, '')).filter((name) => /-(wal|shm)$/.test(name))).toEqual([]);
  });

  test.skipIf(isWrapped && !canBeProcess1)('a command ends at once and removes its temporary files', async () => {
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
    const through = isWrapped ? AS_PROCESS_1 : [];
    const child = start(args, { ...settings, TMPDIR: place }, 'pipe', { through });
    const closed = once(child, 'close');
    const pid = await pidOf(child, isWrapped);
    // The command waits for input, and a copy of the database is in the directory.
    await until(child, () => existsSync(`${place}/r`));
    expect(readdirSync(place).filter((name) => name.startsWith('usergraph-copy-'))).toHaveLength(1);
    process.kill(pid, 'SIGINT');
    const [code] = await closed;
    expect(code).toBe(130);
    expect(readdirSync(place).filter((name) => name.startsWith('usergraph-'))).toEqual([]);
  });

  test.skipIf(isWrapped && !canBeProcess1)('demo stops while it starts and removes its directory', async () => {
    const place = folder();
    const through = isWrapped ? AS_PROCESS_1 : [];
    const child = start(['demo'], { PORT: '0', TMPDIR: place }, 'ignore', { through });
    const closed = once(child, 'close');
    const pid = await pidOf(child, isWrapped);
    await until(child, () => readdirSync(place).length > 0);
    process.kill(pid, 'SIGTERM');
    const [code] = await closed;
    expect([code, child.collected.out, child.collected.err]).toEqual([0, '', '']);
    expect(readdirSync(place)).toEqual([]);
  });
});

test('a server that was stopped during its start can start again', async () => {
  const { file, settings } = database();
  for (let round = 0; round < runs(3, 10); round++) {
    const child = start(['serve'], { ...settings, PORT: '0' });
    const closed = once(child, 'close');
    await until(child, () => existsSync(file));
    child.kill('SIGTERM');
    await closed;
  }
  expect(lastLine((await run(['migrate', '--json'], settings)).out)).toMatchObject({ database: file });
});
