import Database from 'better-sqlite3';
import { entryOf, SPACE } from '../../../src/db/sqlite/search-entry.js';
import { searchableText } from '../../../src/users/user-search.js';
import type { TestApp } from '../test-app.js';
import type { World } from './two-environments.js';

export const ULID = '01E4ZCR3C56J083X43JQXF3J';

const TABLES = [
  [
    'users',
    `email = 'twin_' || email, email_normal = 'canary_b_twin_' || email_normal, external_id = 'CANARY_B_' || id,
      search_number = search_number + ${SPACE + 1_000}`,
  ],
  ['organizations', "external_id = 'CANARY_B_' || id"],
  ['applications', ''],
  [
    'organization_memberships',
    `user_email_normal = 'canary_b_twin_' || user_email_normal, roles = '["canary_b_role"]'`,
  ],
  ['authorized_applications', ''],
  ['one_time_codes', ''],
  // Not due, and in another state than A's: whatever is written about A's mail would show in them.
  [
    'mails',
    `attempts = 1, purge_at = null, next_attempt_at = '9999-01-01T00:00:00.000Z',
      state = case user_id when (select min(user_id) from twin) then 'PENDING' else 'FAILED' end`,
  ],
  ['mail_days', "day = '2000-01-01'"],
  ['passwords', ''],
  ['idempotency_keys', ''],
  // Under some of the numbers B has what A's filters ask for, and A has not.
  ['events', "name = case name when 'organization.created' then 'user.created' else name end"],
  // What is written about A's deliveries would show in them, and nothing is sent for them.
  [
    'webhook_endpoints',
    "url = url || '_twin', is_enabled = 0, claims = 1, next_attempt_at = '9999-01-01T00:00:00.000Z'",
  ],
  ['webhook_deliveries', ''],
  // A secret is of one key only: it is what tells the environment.
  ['api_keys', "name = 'CANARY_B_name', secret_hash = 'twin_' || secret_hash"],
] as const;

/** More of an event: earlier in the log than all others, and later in time. */
const moreEvents = (count: number, organizationId = '') => `insert into events
  with recursive number (n) as (select 1 union all select n + 1 from number where n < ${count})
  select environment_id, -n, 'event_more_' || n, 'user.updated', user_id, '${organizationId}', actor_source, actor_id,
    actor_name, request_id, data, previous, '2027-01-01T00:00:00.000Z', api from events, number`;

/**
 * Gives B a copy of each row of A under the same ids, as an import or a copied environment might: with them an id alone
 * is no wall, and each statement has something of B's to hit. B's copies have a little more than A's originals.
 */
export function makeTwins({ folder }: TestApp, a: World, events = 3): void {
  const sqlite = new Database(`${folder}/test.db`);
  const env = (name: string) => `(select id from environments where name = '${name}')`;
  sqlite.transaction(() => {
    // B's events make room for the twins, which stand under the numbers of A's.
    sqlite.exec(`update events set sequence = sequence + 1000 where environment_id = ${env('B')}`);
    sqlite.exec(`update event_sequences set last = last + 1000, epoch = 'canary' where environment_id = ${env('B')}`);
    // A statement that takes the first row it sees shall see B's: A's goes behind it.
    sqlite.exec(
      `insert or replace into event_sequences select * from event_sequences where environment_id = ${env('A')}`,
    );
    for (const [table, changes] of TABLES) {
      sqlite.exec(`create temp table twin as select * from ${table} where environment_id = ${env('A')}`);
      sqlite.exec(`update twin set environment_id = ${env('B')}`);
      for (const { name } of sqlite.prepare<[], { name: string }>(`select name from pragma_table_info('twin')`).all()) {
        sqlite.exec(
          `update twin set ${name} = replace(${name}, 'CANARY_A', 'CANARY_B') where typeof(${name}) = 'text'`,
        );
      }
      if (changes !== '') sqlite.exec(`update twin set ${changes}`);
      sqlite.exec(`insert into ${table} select * from twin`);
      sqlite.exec('drop table twin');
    }
    indexTwins(sqlite, a.users);
    // Nobody signs in here: sessions and grants of the twins alone, for what is done to A's users to hit.
    const times = `created_at, created_at, '9999-01-01T00:00:00.000Z', null`;
    sqlite.exec(`insert into sessions select environment_id, 'session_' || substr(id, 6), id, '[]', 0, ${times}
      from users where environment_id = ${env('B')}`);
    sqlite.exec(`insert into staff_grants select environment_id, id, '["users:read"]', created_at
      from users where environment_id = ${env('B')}`);
    const like = (table: string, columns: string) => `insert into ${table} select ${columns} from ${table}
      where environment_id = ${env('B')} and user_id = '${a.users[0]}'`;
    const grant = `'authorized_connect_app_${ULID}T1', user_id, '${a.applications[2]}', granted_scopes, resource, created_at`;
    sqlite.exec(`${like('authorized_applications', `environment_id, ${grant}`)} limit 1`);
    for (const index of [1, 2, 3]) {
      const columns = 'purpose, user_id, email, email_normal, attempts, expires_at, consumed_at, 0, created_at';
      const id = `email_verification_${ULID}T${index}`;
      sqlite.exec(`${like('one_time_codes', `environment_id, '${id}', ${columns}`)} limit 1`);
    }
    sqlite.exec(`insert into one_time_codes select environment_id, 'email_verification_${ULID}T9', purpose, '${a.users[4]}',
      email, email_normal, attempts, expires_at, consumed_at, 1, created_at
      from one_time_codes where environment_id = ${env('B')} and user_id = '${a.users[0]}' and is_newest = 1`);
    sqlite.exec(`insert into organization_memberships
      select environment_id, 'om_${ULID}T1', '${a.users[5]}', (select email_normal from users as twin
        where twin.environment_id = hit.environment_id and twin.id = '${a.users[5]}'), organization_id, status, roles,
        created_at, updated_at
      from organization_memberships as hit
      where environment_id = ${env('B')} and organization_id = '${a.organizations[0]}' limit 1`);
    // B's endpoints have been sent to more often and later; one of them never, so that its row can go.
    sqlite.exec(`insert into webhook_deliveries select environment_id, replace(id, 'delivery_0', 'delivery_7'), endpoint_id,
      event_id, sequence, attempt, status_code, error, duration_ms, created_at
      from webhook_deliveries where environment_id = ${env('B')}`);
    sqlite.exec(
      `delete from webhook_deliveries where environment_id = ${env('B')} and endpoint_id = '${a.endpoints[1]}'`,
    );
    sqlite.exec(`${moreEvents(events, a.organizations[0])}
      where environment_id = ${env('B')} and name = 'user.created' and user_id = '${a.users[0]}'`);
  })();
  sqlite.close();
}

/** The search entries of B's copies, which the store writes for every other user. */
function indexTwins(sqlite: Database.Database, ids: readonly string[]): void {
  const insert = sqlite.prepare('insert into user_search (rowid, words) values (?, ?)');
  const row = sqlite.prepare<[string], TwinRow>(
    `select email, first_name as firstName, last_name as lastName, name, external_id as externalId, search_number
      from users where id = ? and email like 'twin%'`,
  );
  for (const id of ids) {
    const twin = row.get(id);
    if (!twin) throw new Error(`There is no twin of ${id}.`);
    insert.run(twin.search_number, entryOf(twin.search_number, searchableText(twin)));
  }
  sqlite.exec('update search_spaces set last = last + 2000');
}

type TwinRow = Parameters<typeof searchableText>[0] & { readonly search_number: number };

/** A's first mail waits once more, and its first of the day is still to come: the worker has something to do. */
export function requeue({ folder }: TestApp): void {
  const sqlite = new Database(`${folder}/test.db`);
  const inA = `environment_id = (select id from environments where name = 'A')`;
  sqlite.exec(`update mails set state = 'PENDING', attempts = 0, purge_at = null, next_attempt_at = created_at
    where ${inA} and user_id = (select min(user_id) from mails where ${inA})`);
  sqlite.exec(`delete from mail_days where ${inA}`);
  sqlite.close();
}

/** Every row of B, as the file has it: also what no query shows. */
export function rowsOf({ folder }: TestApp, environment: string): unknown {
  const sqlite = new Database(`${folder}/test.db`, { readonly: true });
  try {
    const kept = ['user_metadata', 'user_totals', 'organization_totals', 'search_spaces', 'sessions', 'staff_grants'];
    const tables = [...TABLES.map(([name]) => name), ...kept, 'event_sequences'];
    return tables.map((table) =>
      sqlite
        .prepare(
          `select * from ${table} where environment_id = (select id from environments where name = ?) order by 1, 2`,
        )
        .all(environment),
    );
  } finally {
    sqlite.close();
  }
}
