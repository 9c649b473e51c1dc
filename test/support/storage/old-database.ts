import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { migrations } from '../../../migrations/index.js';
import { migrate } from '../../../src/db/migrator.js';
import { openSqlite } from '../../../src/db/sqlite/database.js';
import { entryOf, SPACE } from '../../../src/db/sqlite/search-entry.js';
import { folder } from '../processes/process.js';
import { TestClock } from '../test-app.js';

/** Everybody of the old database: in the order of creation, a user each. */
interface Old {
  readonly environment?: 'two';
  readonly email: string;
  readonly firstName?: string;
  readonly name?: string;
}

export const TWINS: readonly Old[] = [
  { email: 'first@bücher.example', name: 'Unicode first' },
  { email: 'First@xn--bcher-kva.example', name: 'ASCII second' },
  { email: 'second@xn--bcher-kva.example', name: 'ASCII first' },
  { email: 'second@BÜCHER.example', name: 'Unicode second' },
  { email: 'third@xn--fa-hia.example', name: 'Three of them, ASCII' },
  { email: 'third@ｆaß.example', name: 'Three of them, full width' },
  { email: 'third@faß.example', name: 'Three of them, Unicode' },
  // The same addresses in another environment are other users, and no twins.
  { environment: 'two', email: 'first@xn--bcher-kva.example', name: 'Elsewhere' },
  { environment: 'two', email: 'second@bücher.example', name: 'Elsewhere' },
];

/** As stored by 0.1.0, which made U+FFFD of half a surrogate pair, and as others put it there. */
const ODD: readonly Old[] = [
  { email: 'lone@xn--bcher-kva.example', firstName: 'lone \ufffd half', name: '\ufffd' },
  { email: 'a\ufffd@ex\ufffdmple.com', name: 'U+FFFD in an address' },
  { email: 'not an address', name: 'No @' },
  { email: '', name: 'Nothing' },
  { email: 'user@example.-a', name: 'No mail arrives there' },
  { email: 'u1@192.168.0.10', name: 'Nor there' },
  { email: 'broken@xn--a.example', name: 'No Punycode' },
  { email: 'a..b@xn--bcher-kva.example', name: '\u0001 control' },
  { email: 'H\u0331@example.com', firstName: 'H\u0331anna', name: 'J\u030c' },
  { email: `long@${'ü'.repeat(400)}.example`, name: 'x'.repeat(255) },
  { email: 'plain@example.com', name: 'Plain' },
];

/** More of them than one batch of the migration has. */
export const MANY: readonly Old[] = Array.from({ length: 1_200 }, (_, index) => ({
  email: `p${index}@xn--bcher-kva.example`,
  name: `Person ${index}`,
}));

export const EVERYBODY = [...TWINS, ...ODD, ...MANY];

const environmentOf = ({ environment }: Old) => `env_01E4ZCR3C56J083X43JQXF3JK${environment === 'two' ? 2 : 1}`;
export const idOf = (index: number) => `user_01E4ZCR3C56J083X43JQ${String(index).padStart(6, '0')}`;
export const named = (name: string) => idOf(EVERYBODY.findIndex((old) => old.name === name));
export const formerly = (text: string) => text.trim().normalize('NFC').toLowerCase();

/** A database of an older version with everybody in it; the last migration it has is before `before`. */
export async function oldDatabase(before: string): Promise<string> {
  const file = join(folder(), 'old.db');
  const clock = new TestClock();
  const db = openSqlite(file);
  const known = migrations.filter(({ name }) => name < before);
  await migrate(db, known, clock);
  await db.close();
  const sqlite = new Sqlite(file);
  const now = clock.now();
  const hasSearch = known.some(({ name }) => name === '0002-finding-people');
  sqlite.transaction(() => {
    for (const [number, name] of ['one', 'two'].entries()) {
      const id = `env_01E4ZCR3C56J083X43JQXF3JK${number + 1}`;
      sqlite
        .prepare('insert into environments (id, name, kind, created_at) values (?, ?, ?, ?)')
        .run(id, name, 'test', now);
      if (hasSearch) sqlite.prepare('insert into search_spaces values (?, ?, 100000)').run(number + 1, id);
    }
    for (const [index, old] of EVERYBODY.entries()) {
      const { email, firstName = null, name = null } = old;
      const row: Record<string, unknown> = {
        environment_id: environmentOf(old),
        id: idOf(index),
        email,
        email_normal: formerly(email),
        email_verified: index % 2,
        first_name: firstName,
        name,
        external_id: `old-${index}`,
        metadata: '{"note":"\ufffd"}',
        version: 1,
        created_at: now,
        updated_at: now,
      };
      if (hasSearch) {
        const number = (old.environment === 'two' ? 2 : 1) * SPACE + index + 1;
        row.email_domain = formerly(email).slice(formerly(email).lastIndexOf('@') + 1);
        row.first_name_normal = formerly(firstName ?? '');
        row.name_normal = formerly(name ?? '');
        row.search_number = number;
        const text = [firstName, name, email, `old-${index}`].filter((part) => part !== null).join(' ');
        sqlite.prepare('insert into user_search (rowid, words) values (?, ?)').run(number, entryOf(number, text));
      }
      const columns = Object.keys(row);
      sqlite
        .prepare(
          `insert into users (${columns.join(', ')}) values (${columns.map((column) => `@${column}`).join(', ')})`,
        )
        .run(row);
    }
    const organization = 'org_01E4ZCR3C56J083X43JQXF3JK1';
    const env = environmentOf({ email: '' });
    sqlite
      .prepare(
        `insert into organizations (environment_id, id, name, metadata, created_at, updated_at) values (?, ?, ?, '{}', ?, ?)`,
      )
      .run(env, organization, 'Acme', now, now);
    for (const name of ['ASCII first', 'ASCII second', 'Unicode second']) {
      const row = sqlite.prepare('select id, email_normal from users where id = ?').get(named(name)) as Row;
      sqlite
        .prepare("insert into organization_memberships values (?, ?, ?, ?, ?, 'ACTIVE', '[]', ?, ?)")
        .run(env, row.id.replace('user_', 'om_'), row.id, row.email_normal, organization, now, now);
    }
  })();
  sqlite.close();
  return file;
}

export interface Row {
  readonly id: string;
  readonly email_normal: string;
}
