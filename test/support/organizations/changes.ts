import { beforeEach, expect } from 'vitest';
import { inSql } from '../in-sql.js';
import { type Execute, type TestApp, testApp } from '../test-app.js';

const ERRORS = '__typename ... on MutationError { code path }';
/** Only what is deleted can be in use. */
const errorsOf = (field: string) =>
  `errors { ${ERRORS} ${/^delete(Application|Organization)$/.test(field) ? '... on InUseError { usedBy }' : ''} }`;
export const UNKNOWN = '01E4ZCR3C56J083X43JQXF3JK5';

export let app: TestApp;
export let execute: Execute;

/** Gives every test of the calling file an app of its own, as `app` and `execute`. */
export function openBeforeEach(): void {
  beforeEach(async () => {
    app = await testApp();
    execute = await app.client();
    seen = null;
  });
}

export async function mutate(field: string, selection: string, input: object) {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const { data, errors } = await execute(
    `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} ${errorsOf(field)} } }`,
    { input },
  );
  expect(errors).toBeUndefined();
  return data[field];
}

export const codes = ({ errors }: { errors: { code: string; path: string[] | null }[] }) =>
  errors.map(({ code, path }) => `${code}@${path?.join('.')}`);

/** Names of the events since the last call, with what they say was changed. */
let seen: string | null = null;
export async function newEvents(): Promise<string[]> {
  const changes = 'changes { field previous }';
  const { data } = await execute(
    `query ($after: String) { events(first: 100, after: $after) { pageInfo { endCursor } nodes { name
      ... on ApplicationEvent { ${changes} } ... on OrganizationEvent { ${changes} }
      ... on OrganizationMembershipEvent { ${changes} } } } }`,
    { after: seen },
  );
  seen = data.events.pageInfo.endCursor ?? seen;
  return data.events.nodes.map(({ name, changes: list = [] }: { name: string; changes?: object[] }) =>
    [name, ...list.map((change) => Object.values(change).join('='))].join(' '),
  );
}

/** Copies the one user, and what hangs on them in `table`, until there are `count`. */
export function multiply(count: number, table: string, prefix: string): Promise<void> {
  return inSql(app, async (run) => {
    const copies = `with recursive number (n) as (select 2 union all select n + 1 from number where n < ${count})`;
    const insertCopies = async (into: string, changed: Record<string, string>) => {
      const [one = {}] = await run(`select * from ${into}`);
      const values = Object.keys(one).map((name) => changed[name] ?? name);
      await run(`create temporary table one as select * from ${into}`);
      await run(`insert into ${into} ${copies} select ${values.join(', ')} from one, number`);
      await run('drop table one');
    };
    const address = { email: `'c' || n`, email_normal: `'c' || n` };
    await insertCopies('users', {
      ...address,
      id: `'user_copy' || n`,
      external_id: 'null',
      search_number: 'n + 1000000',
    });
    await insertCopies(table, {
      id: `'${prefix}_copy' || n`,
      user_id: `'user_copy' || n`,
      user_email_normal: `'c' || n`,
    });
  });
}

export async function rows(table: string): Promise<number> {
  const [counted] = await inSql(app, (run) => run<{ total: number }>(`select count(*) as total from ${table}`));
  return counted?.total ?? 0;
}
