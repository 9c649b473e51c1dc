import { existsSync, statSync } from 'node:fs';
import type { Database } from '../db/database.js';
import { type Migration, pendingMigrations, SchemaMismatchError } from '../db/migrator.js';
import { openSqlite } from '../db/sqlite/database.js';
import { logBytesOf } from '../db/sqlite/files.js';
import { inspect, newestTime, writerSettings } from '../db/sqlite/inspection.js';
import { pathProblemOf } from '../db/sqlite/unavailable.js';
import { DatabaseUnavailableError } from '../db/unavailable.js';
import { mailStats } from '../mail/mail.service.js';
import { describeTwins, reportTwins, TWIN_ADVICE } from '../mailboxes/shared-mailbox.service.js';
import type { Clock } from '../runtime/clock.js';
import { gigabytes } from './disk.js';
import { type Finding, failure, ok, warning } from './finding.js';

/** A write-ahead log above this size is not being moved into the database. */
const LARGE_LOG_BYTES = 512 * 1024 * 1024;

/** The file and what is in it, looked at through the connections the server uses. Makes nothing. */
export async function examineDatabase(
  file: string,
  migrations: readonly Migration[],
  mayMigrate: boolean,
  clock: Clock,
): Promise<Finding[]> {
  const problem = pathProblemOf(file);
  if (problem !== null) return [failure('database', problem, 'Nothing in it can be looked at until then.')];
  if (!existsSync(file)) {
    return [warning('database', `${file} is not there yet`, 'Run "usergraph migrate", or serve: both make it.')];
  }
  const findings = [mode(file), writeAheadLog(file)];
  let db: Database;
  try {
    db = openSqlite(file);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailableError)) throw error;
    return [failure('database', error.message, 'Nothing in it can be looked at until then.')];
  }
  try {
    const schemaFound = await schema(db, migrations, mayMigrate);
    findings.push(await settings(db), soundness(file), schemaFound);
    findings.push(await clockOf(db, clock));
    if (schemaFound.level === 'ok') findings.push(await mails(db), await mailboxes(db));
  } finally {
    await db.close();
  }
  return findings;
}

function mode(file: string): Finding {
  const { mode, size } = statSync(file);
  const value = `${file}, ${gigabytes(size)}, mode ${(mode & 0o777).toString(8)}`;
  return (mode & 0o007) === 0 || process.platform === 'win32'
    ? ok('database', value)
    : warning('database', value, `Everybody on this machine can read it: chmod 600 ${file}`);
}

function writeAheadLog(file: string): Finding {
  const bytes = logBytesOf(file);
  const value = gigabytes(bytes);
  return bytes > LARGE_LOG_BYTES
    ? warning('write-ahead log', value, 'A process reads without end: find it with lsof, and stop it.')
    : ok('write-ahead log', value);
}

async function settings(db: Database): Promise<Finding> {
  const { values, wrong } = await writerSettings(db);
  return wrong === ''
    ? ok('pragmas', values)
    : failure('pragmas', values, `Wanted ${wrong}: is the file on a local disk?`);
}

function soundness(file: string): Finding {
  const { problems } = inspect(file);
  return problems.length === 0
    ? ok('integrity', 'quick_check and foreign_key_check find nothing')
    : failure('integrity', problems.join('; '), 'Keep a copy of the file as it is, and restore a backup.');
}

async function clockOf(db: Database, clock: Clock): Promise<Finding> {
  const now = clock.now();
  const newest = await newestTime(db.reader);
  return newest === null || newest <= now
    ? ok('clock', now)
    : failure('clock', `${now}, and the database has ${newest}`, 'Set the clock: ids and times would go back.');
}

export async function mails(db: Database): Promise<Finding> {
  const { pending, failed } = await mailStats(db.reader);
  const value = `${pending} waiting, ${failed} failed`;
  return failed === 0
    ? ok('mails', value)
    : warning('mails', value, '"mails list" tells why, and "mails retry" sends one again.');
}

export async function mailboxes(db: Database): Promise<Finding> {
  const twins = await reportTwins(db.reader);
  return twins.total === 0
    ? ok('mailboxes', 'each is of one user')
    : warning('mailboxes', describeTwins(twins), TWIN_ADVICE);
}

export async function schema(db: Database, migrations: readonly Migration[], mayMigrate: boolean): Promise<Finding> {
  try {
    const pending = await pendingMigrations(db, migrations);
    if (pending.length === 0) return ok('schema', `up to date, ${migrations.at(-1)?.name}`);
    const value = `lacks ${pending.join(', ')}`;
    return mayMigrate
      ? warning('schema', value, 'The next start brings it up to date; "usergraph migrate" does so now.')
      : failure('schema', value, 'Run "usergraph migrate": with MIGRATE=false the server refuses to start.');
  } catch (error) {
    if (!(error instanceof SchemaMismatchError)) throw error;
    return failure('schema', 'of a newer version', error.message);
  }
}
