import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initial } from '../../migrations/0001-initial.js';
import { migrations } from '../../migrations/index.js';
import { migrate } from '../../src/db/migrator.js';
import { openSqlite } from '../../src/db/sqlite/database.js';
import { makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { runs } from '../support/runs.js';
import { type Execute, type TestApp, TestClock, testApp } from '../support/test-app.js';

/** Tables of the first schema. Later migrations only add columns to them. */
const OLD_TABLES = ['environments', 'users', 'organizations', 'organization_memberships'];

const texts = fc.constantFrom<string>(
  'Ada',
  'ADA Łukasz',
  'Zoë',
  'Zoe\u0301',
  '',
  'a\u0001b',
  // Version 0.1.0 stored half of a surrogate pair like this.
  '\ufffdx',
  '山田 太郎',
  'Ⅷ-ﬁne',
);
const names = fc.option(texts, { nil: null });
const metadata = fc.dictionary(fc.constantFrom('plan', 'Plan', 'k"\\', 'k\u0001z'), texts, { maxKeys: 3 });
const values = fc.record({
  firstName: names,
  lastName: names,
  name: names,
  emailVerified: fc.boolean(),
  metadata,
});
const steps = fc.array(
  fc.oneof(
    fc.record({ create: values, email: fc.stringMatching(/^[a-zA-Z]{8}$/), externalId: fc.boolean() }),
    fc.record({ update: values, index: fc.nat() }),
    fc.record({ remove: fc.nat() }),
    fc.record({ join: fc.nat(), organization: fc.nat({ max: 1 }) }),
  ),
  { minLength: 5, maxLength: 30 },
);

type Step = typeof steps extends fc.Arbitrary<(infer T)[]> ? T : never;

/** Steps of every kind, so that each run includes all of them. */
const RICH: Step[] = ['Ada', 'ADA Łukasz', 'Zoe\u0301', 'a\u0001b'].flatMap((name, index): Step[] => {
  const one = { firstName: name, lastName: null, name, emailVerified: index % 2 === 0, metadata: { plan: name } };
  return [
    { create: one, email: 'someone', externalId: true },
    { join: index, organization: index % 2 },
    { update: { ...one, firstName: 'Bob', emailVerified: index % 3 === 0, metadata: { 'k"\\': name } }, index },
  ];
});

const UPDATE = 'mutation ($input: UpdateUserInput!) { updateUser(input: $input) { errors { __typename } } }';
const DELETE = 'mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }';

async function perform(execute: Execute, history: readonly Step[]): Promise<void> {
  const organizations = [
    await makeOrganization(execute, { name: 'A' }),
    await makeOrganization(execute, { name: 'B' }),
  ];
  const users: string[] = [];
  // Continues after a deletion, because a repeated number would repeat an email address.
  let made = 0;
  const members = new Set<string>();
  const pick = (index: number) => users[index % users.length];
  for (const step of history) {
    if ('create' in step) {
      const { email, externalId } = step;
      made++;
      const input = { ...step.create, email: `${email}${made}@Example.com` };
      users.push(await makeUser(execute, externalId ? { ...input, externalId: `${email} ${made}` } : input));
    } else if (users.length === 0) continue;
    else if ('update' in step) await execute(UPDATE, { input: { id: pick(step.index), ...step.update } });
    else if ('remove' in step) {
      const [id] = users.splice(step.remove % users.length, 1);
      await execute(DELETE, { id });
    } else {
      const id = pick(step.join) ?? '';
      const organization = organizations[step.organization] ?? '';
      if (!members.has(id + organization)) await makeMembership(execute, id, organization);
      members.add(id + organization);
    }
  }
}

/**
 * Returns all derived data that serves searching and counting users. Search index entries have the IDs of their users.
 */
function derived(file: string): unknown {
  const sqlite = new BetterSqlite3(file);
  try {
    sqlite.exec("create virtual table temp.entries using fts5vocab('main', 'user_search', 'instance')");
    const all = (query: string) => sqlite.prepare(query).all();
    return {
      columns: all(`select environment_id, id, email_domain, first_name_normal, last_name_normal, name_normal,
        last_sign_in_order from users order by 1, 2`),
      metadata: all('select * from user_metadata order by 1, 2, 3, 4'),
      users: all('select * from user_totals where users > 0 order by 1, 2'),
      members: all('select * from organization_totals where users > 0 order by 1, 2'),
      words: all(`select users.environment_id, users.id, substr(entries.term, 5) as word
        from temp.entries left join users on users.search_number = entries.doc order by 1, 2, 3`),
      ordered: all(`select 1 from users a join users b on a.environment_id = b.environment_id
        where a.id < b.id and a.search_number >= b.search_number`),
    };
  } finally {
    sqlite.close();
  }
}

/** Migrates a copy of the users from the first schema to the current one. */
async function rebuilt({ folder }: TestApp, name: string): Promise<string> {
  const file = `${folder}/${name}.db`;
  const db = openSqlite(file);
  await migrate(db, [initial], new TestClock());
  const sqlite = new BetterSqlite3(file);
  sqlite.prepare('attach ? as live').run(`${folder}/test.db`);
  for (const table of OLD_TABLES) {
    const columns = sqlite.prepare('select name from pragma_table_info(?)').pluck().all(table).join(', ');
    sqlite.exec(`insert into ${table} (${columns}) select ${columns} from live.${table}`);
  }
  sqlite.close();
  await migrate(db, migrations, new TestClock());
  await db.close();
  return file;
}

test('every write updates the derived data of users, and migrations derive the same from existing rows', async () => {
  const app = await testApp();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      await perform(await app.client(`history-${run++}`), history);
      const kept = derived(`${app.folder}/test.db`);
      expect(derived(await rebuilt(app, `rebuilt-${run}`))).toEqual(kept);
      expect(kept).toMatchObject({ ordered: [] });
    }),
    { numRuns: runs(6, 60), examples: [[[...RICH, { remove: 1 }]], [RICH]] },
  );
  const { words } = derived(`${app.folder}/test.db`) as { words: { id: string | null; word: string }[] }; // from derived
  expect(words.length).toBeGreaterThan(20);
  expect(words.filter(({ id }) => id === null)).toEqual([]);
}, 300_000);
