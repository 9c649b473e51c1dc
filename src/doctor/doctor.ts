import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config/config.js';
import { versionsOfEngine } from '../db/sqlite/inspection.js';
import { pathProblemOf } from '../db/sqlite/unavailable.js';
import { type Clock, toInstant } from '../runtime/clock.js';
import type { Random } from '../runtime/random.js';
import { VERSION } from '../runtime/version.js';
import { migrationsOf } from '../storage.js';
import { examineDatabase } from './database.js';
import { fileSystem, freeDisk, fsyncTime } from './disk.js';
import { type Finding, failure, ok, warning } from './finding.js';
import { examineMail } from './mail.js';
import { examinePostgres } from './postgres.js';

/** Age above which the newest backup is too old. */
const MAX_BACKUP_AGE_DAYS = 7;

/** Looks at everything the server stands on; changes nothing but a file that it makes and removes to time the disk. */
export async function examine(
  config: Config,
  backups: string | null,
  clock: Clock,
  random: Random,
): Promise<Finding[]> {
  return [
    versions(),
    ok('configuration', config.production ? 'usable, production' : 'usable, not production'),
    ...(await examineStorage(config, backups, clock, random)),
    await examineMail(config.mail),
  ];
}

async function examineStorage(
  config: Config,
  backups: string | null,
  clock: Clock,
  random: Random,
): Promise<Finding[]> {
  const { database, migrateOnStart } = config;
  if (database.engine === 'postgres') return examinePostgres(database, migrateOnStart, clock);
  const { file } = database;
  const folder = dirname(file);
  // There is nothing to measure where nothing can be made.
  const isUsable = pathProblemOf(file) === null;
  const bytes = isUsable ? (statSync(file, { throwIfNoEntry: false })?.size ?? 0) : 0;
  return [
    ...(await examineDatabase(file, migrationsOf(database), migrateOnStart, clock)),
    ...(isUsable ? [fileSystem(folder), freeDisk('disk', folder, bytes), fsyncTime(file, random)] : []),
    ...(backups === null ? [] : examineBackups(backups, bytes, clock)),
  ];
}

export function versions(): Finding {
  return ok('versions', `usergraph ${VERSION}, Node ${process.version}, ${versionsOfEngine()}`);
}

function examineBackups(folder: string, databaseBytes: number, clock: Clock): Finding[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    return [failure('backups', `there is no folder ${folder}`, 'Make it, or name another one.')];
  }
  const times = readdirSync(folder)
    .filter((name) => name.endsWith('.db'))
    .map((name) => statSync(join(folder, name)).mtimeMs);
  const advice = 'Run "usergraph backup" on a schedule, into this folder.';
  const newest = Math.max(...times);
  const ageDays = (clock.millis() - newest) / 86_400_000;
  const last =
    times.length === 0
      ? warning('backups', `no file *.db in ${folder}`, advice)
      : ageDays > MAX_BACKUP_AGE_DAYS
        ? warning('backups', `the newest is of ${toInstant(newest)}`, advice)
        : ok('backups', `${times.length}, the newest of ${toInstant(newest)}`);
  return [last, freeDisk('disk of the backups', folder, databaseBytes)];
}
