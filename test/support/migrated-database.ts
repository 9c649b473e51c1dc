import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '../../migrations/index.js';
import { migrate } from '../../src/db/migrator.js';
import { openSqlite } from '../../src/db/sqlite/database.js';
import { TestClock } from './test-clock.js';

let made: Promise<Buffer> | undefined;

/**
 * The bytes of an empty database with every migration applied. All migrations run once in each test process, because
 * they take longer than most tests. A test of a migration opens a file of its own.
 */
export function migratedDatabase(): Promise<Buffer> {
  made ??= make();
  return made;
}

async function make(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-migrated-'));
  const file = join(folder, 'test.db');
  const db = openSqlite(file);
  await migrate(db, migrations, new TestClock());
  // Closing moves the write-ahead log into the file.
  await db.close();
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true });
  return bytes;
}
