import { engineOf } from '../../../src/db/engine.js';
import type { Transaction } from '../../../src/db/handle.js';
import { SPACE } from '../../../src/db/sqlite/search-entry.js';
import type { EnvironmentId } from '../../../src/domain/ids.js';
import { searchableText } from '../../../src/users/user-search.js';
import { inSql, type Run } from '../in-sql.js';
import { isOnPostgres } from '../postgres/database.js';
import type { TestApp } from '../test-app.js';
import type { World } from './two-environments.js';

export const ULID = '01E4ZCR3C56J083X43JQXF3J';

/** Each environment has numbers of its own in SQLite's index of all of them. */
const NEXT_SPACE = isOnPostgres() ? 0 : SPACE;

const TABLES = [
  [
    'users',
    `email = 'twin_' || email, email_normal = 'canary_b_twin_' || email_normal, external_id = 'CANARY_B_' || id,
      search_number = search_number + ${NEXT_SPACE + 1_000}`,
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
export async function makeTwins(app: TestApp, a: World, events = 3): Promise<void> {
  const env = (name: string) => `(select id from environments where name = '${name}')`;
  await inSql(app, async (run, trx) => {
    // B's events make room for the twins, which stand under the numbers of A's.
    await run(`update events set sequence = sequence + 1000 where environment_id = ${env('B')}`);
    await run(`update event_sequences set last = last + 1000, epoch = 'canary' where environment_id = ${env('B')}`);
    // A statement that takes the first row it sees shall see B's: A's goes behind it.
    await run(`create temporary table last as select * from event_sequences where environment_id = ${env('A')}`);
    await run(`delete from event_sequences where environment_id = ${env('A')}`);
    await run('insert into event_sequences select * from last');
    await run('drop table last');
    for (const [table, changes] of TABLES) {
      await run(`create temporary table twin as select * from ${table} where environment_id = ${env('A')}`);
      await run(`update twin set environment_id = ${env('B')}`);
      for (const name of textColumnsOf(await run(`select * from twin /* ${table} */`))) {
        await run(`update twin set ${name} = replace(${name}, 'CANARY_A', 'CANARY_B')`);
      }
      if (changes !== '') await run(`update twin set ${changes}`);
      await run(`insert into ${table} select * from twin`);
      await run('drop table twin');
    }
    await indexTwins(run, trx, a.users);
    // Nobody signs in here: sessions and grants of the twins alone, for what is done to A's users to hit.
    const times = `created_at, created_at, '9999-01-01T00:00:00.000Z', null`;
    await run(`insert into sessions select environment_id, 'session_' || substr(id, 6), id, '[]', 0, ${times}
      from users where environment_id = ${env('B')}`);
    await run(`insert into staff_grants select environment_id, id, '["users:read"]', created_at
      from users where environment_id = ${env('B')}`);
    const like = (table: string, columns: string) => `insert into ${table} select ${columns} from ${table}
      where environment_id = ${env('B')} and user_id = '${a.users[0]}'`;
    const grant = `'authorized_connect_app_${ULID}T1', user_id, '${a.applications[2]}', granted_scopes, resource, created_at`;
    await run(`${like('authorized_applications', `environment_id, ${grant}`)} limit 1`);
    for (const index of [1, 2, 3]) {
      const columns = 'purpose, user_id, email, email_normal, attempts, expires_at, consumed_at, 0, created_at';
      const id = `email_verification_${ULID}T${index}`;
      await run(`${like('one_time_codes', `environment_id, '${id}', ${columns}`)} limit 1`);
    }
    await run(`insert into one_time_codes select environment_id, 'email_verification_${ULID}T9', purpose, '${a.users[4]}',
      email, email_normal, attempts, expires_at, consumed_at, 1, created_at
      from one_time_codes where environment_id = ${env('B')} and user_id = '${a.users[0]}' and is_newest = 1`);
    await run(`insert into organization_memberships
      select environment_id, 'om_${ULID}T1', '${a.users[5]}', (select email_normal from users as twin
        where twin.environment_id = hit.environment_id and twin.id = '${a.users[5]}'), organization_id, status, roles,
        created_at, updated_at
      from organization_memberships as hit
      where environment_id = ${env('B')} and organization_id = '${a.organizations[0]}' limit 1`);
    // B's endpoints have been sent to more often and later; one of them never, so that its row can go.
    await run(`insert into webhook_deliveries select environment_id, replace(id, 'delivery_0', 'delivery_7'), endpoint_id,
      event_id, sequence, attempt, status_code, error, duration_ms, created_at
      from webhook_deliveries where environment_id = ${env('B')}`);
    await run(
      `delete from webhook_deliveries where environment_id = ${env('B')} and endpoint_id = '${a.endpoints[1]}'`,
    );
    await run(`${moreEvents(events, a.organizations[0])}
      where environment_id = ${env('B')} and name = 'user.created' and user_id = '${a.users[0]}'`);
  });
}

function textColumnsOf(rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  const texts = rows.flatMap((row) => Object.entries(row).filter(([, value]) => typeof value === 'string'));
  return [...new Set(texts.map(([name]) => name))];
}

/** The search entries of B's copies, which the store writes for every other user. */
async function indexTwins(run: Run, trx: Transaction, ids: readonly string[]): Promise<void> {
  const list = ids.map((id) => `'${id}'`).join();
  const twins = await run<TwinRow>(`
    select environment_id, email, first_name as "firstName", last_name as "lastName", name, external_id as "externalId",
      search_number from users where id in (${list}) and email like 'twin%'`);
  if (twins.length !== ids.length) throw new Error('A user has no twin.');
  const entries = twins.map((twin) => ({ number: twin.search_number, text: searchableText(twin) }));
  const [{ environment_id } = { environment_id: 'env_' }] = twins;
  await engineOf(trx).searchIndex.insert(trx, environment_id as EnvironmentId, entries); // as the row has it
  await run('update search_spaces set last = last + 2000');
}

type TwinRow = Parameters<typeof searchableText>[0] & {
  readonly environment_id: string;
  readonly search_number: number;
};

/** A's first mail waits once more, and its first of the day is still to come: the worker has something to do. */
export async function requeue(app: TestApp): Promise<void> {
  const inA = `environment_id = (select id from environments where name = 'A')`;
  await inSql(app, async (run) => {
    await run(`update mails set state = 'PENDING', attempts = 0, purge_at = null, next_attempt_at = created_at
      where ${inA} and user_id = (select min(user_id) from mails where ${inA})`);
    await run(`delete from mail_days where ${inA}`);
  });
}

/** Every row of B, as the file has it: also what no query shows. */
export function rowsOf(app: TestApp, environment: string): Promise<unknown[]> {
  const kept = ['user_metadata', 'user_totals', 'organization_totals', 'search_spaces', 'sessions', 'staff_grants'];
  const tables = [...TABLES.map(([name]) => name), ...kept, 'event_sequences'];
  return inSql(app, async (run) => {
    const all: unknown[] = [];
    for (const table of tables) {
      all.push(
        await run(
          `select * from ${table} where environment_id = (select id from environments where name = '${environment}')
            order by 1, 2`,
        ),
      );
    }
    return all;
  });
}
