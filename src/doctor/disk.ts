import { closeSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Random } from '../runtime/random.js';
import { fileReasonOf } from '../runtime/system-error.js';
import { type Finding, failure, ok, warning } from './finding.js';

/** Free bytes below which a server is about to stop taking writes. */
const MIN_FREE_BYTES = 256 * 1024 * 1024;
/** Writes whose time is taken. */
const FSYNC_ROUNDS = 30;
/** Median time of a durable write above which each commit is slow: a disk does it in less than 10 ms. */
const SLOW_FSYNC_MS = 20;

/** `f_type` of file systems on other machines, and in memory (Linux, statfs(2)). */
const REMOTE = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x65735546, 'FUSE'],
]);
const IN_MEMORY = new Map([
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
]);

/** Room on the file system of a folder, for what is there to be written once more: a restore needs it. */
export function freeDisk(name: string, folder: string, databaseBytes: number): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const value = `${gigabytes(free)} free in ${folder}`;
  if (free < MIN_FREE_BYTES) return failure(name, value, 'Make room: writes fail when the disk is full.');
  if (free < databaseBytes * 2) {
    return warning(name, value, `Make room: a backup or restore of ${gigabytes(databaseBytes)} may not fit.`);
  }
  return ok(name, value);
}

/** Whether SQLite's locks and fsync mean what they say on the file system of a folder. */
export function fileSystem(folder: string): Finding {
  const name = 'file system';
  const { type } = statfsSync(folder);
  // Elsewhere the numbers mean other things.
  if (process.platform !== 'linux') return ok(name, `type 0x${type.toString(16)}`);
  const remote = REMOTE.get(type >>> 0);
  if (remote !== undefined) {
    return warning(
      name,
      remote,
      'Move the database to a local disk: on network shares locks and fsync are not reliable.',
    );
  }
  const inMemory = IN_MEMORY.get(type >>> 0);
  if (inMemory !== undefined) {
    return warning(name, inMemory, 'Move the database to a disk: this file system is gone at the next restart.');
  }
  return ok(name, 'local');
}

/** How long a write takes until it is on the disk: what every commit waits for. */
export function fsyncTime(databaseFile: string, random: Random): Finding {
  const file = join(dirname(databaseFile), `.usergraph-doctor-${random.bytes(4).toString('hex')}`);
  let times: number[];
  try {
    times = timesOf(file);
  } catch (error) {
    const reason = fileReasonOf(error);
    if (reason === null) throw error;
    return failure('fsync', `nothing can be written: ${reason}`, 'Writes fail until then.');
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  const value = `median ${median.toFixed(2)} ms, longest ${times.at(-1)?.toFixed(2)} ms of ${FSYNC_ROUNDS}`;
  return median > SLOW_FSYNC_MS
    ? warning('fsync', value, 'Use a faster disk: every commit waits this long.')
    : ok('fsync', value);
}

function timesOf(file: string): number[] {
  const handle = openSync(file, 'wx', 0o600);
  try {
    const page = Buffer.alloc(4096);
    return Array.from({ length: FSYNC_ROUNDS }, () => {
      const startedAt = performance.now();
      writeSync(handle, page);
      fsyncSync(handle);
      return performance.now() - startedAt;
    });
  } finally {
    closeSync(handle);
    rmSync(file);
  }
}

export function gigabytes(bytes: number): string {
  return bytes < 1e8 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
