import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createKey, database, type Settings, serve } from '../support/processes/process.js';

/** The snippets of the reference page of WorkOS' users, one a line, as its text has them. */
const SNIPPETS = readFileSync('test/fixtures/workos-reference.txt', 'utf8').trimEnd().split('\n');
const IDS = [...new Set(SNIPPETS.join('\n').match(/user_\w{26}/g))];

const hasCurl = spawnSync('curl', ['--version']).status === 0;
if (!hasCurl) console.warn('SKIPPED: the curl lines of the REST page, because there is no curl.');

/** A server that has the users of the page. */
async function world() {
  const { settings, file } = database();
  const { secret } = await createKey(settings);
  const { url } = await serve(settings);
  const host = new URL(url).host;
  const sqlite = new BetterSqlite3(file);
  for (const [index, id] of IDS.entries()) {
    const created = await fetch(`http://${host}/user_management/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email: `u${index}@example.com`, ...(index === 0 ? { external_id: EXTERNAL_ID } : {}) }),
    });
    sqlite.prepare('update users set id = ? where id = ?').run(id, (await created.json()).id);
  }
  sqlite.close();
  return { host, secret, settings };
}

const EXTERNAL_ID = 'f1ffa2b2-c20b-4d39-be5c-212726e11222';

function nodeSnippets(): readonly string[] {
  return SNIPPETS.filter((line) => line.startsWith('import'));
}

/** Runs a snippet of the SDK with the host and the key of the server, and prints what it made. */
function runNode(snippet: string, host: string, secret: string): unknown {
  const [apiHostname, port] = host.split(':');
  const client = `new WorkOS('${secret}', ${JSON.stringify({ apiHostname, port: Number(port), https: false })})`;
  const program = snippet.replace("new WorkOS('sk_example_123456789')", client).replace(/console\.log\(.*\);/, '');
  const [, made = 'null'] = /const (user|users) = await/.exec(program) ?? [];
  const printing = `${program}\nconsole.log(JSON.stringify(${made === 'users' ? 'users.data' : made}));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', printing], { encoding: 'utf8' }));
}

/** Runs a curl snippet with the host and the key of the server. The text of the page has lost its line breaks. */
function runCurl(snippet: string, host: string, secret: string): { status: number; json: unknown } {
  const line = snippet
    .replace('https://api.workos.com', `http://${host}`)
    .replace('sk_example_123456789', secret)
    .replaceAll(' \\ ', ' \\\n')
    .replace(/<<'BODY' (.*) BODY$/, "-s -w '\\n%{http_code}' <<'BODY'\n$1\nBODY");
  const printed = line.includes('http_code') ? line : `${line} -s -w '\\n%{http_code}'`;
  const lines = execFileSync('bash', ['-c', printed], { encoding: 'utf8' }).split('\n');
  const status = Number(lines.pop());
  return { status, json: lines.join('') === '' ? null : JSON.parse(lines.join('\n')) };
}

test('the snippets of the SDK run as they are printed', async () => {
  const { host, secret } = await world();
  const [get, byExternalId, list, create, update, remove] = nodeSnippets().map(
    (snippet) => () => runNode(snippet, host, secret),
  );
  expect(get?.()).toMatchObject({ object: 'user', id: 'user_01E4ZCR3C56J083X43JQXF3JK5' });
  expect(byExternalId?.()).toMatchObject({ externalId: EXTERNAL_ID });
  expect(list?.()).toHaveLength(IDS.length);
  expect(create?.()).toMatchObject({ email: 'marcelina@example.com', firstName: 'Marcelina', lastName: 'Davis' });
  expect(update?.()).toMatchObject({
    id: 'user_01EHQ7ZGZ2CZVQJGZ5ZJZ1ZJGZ',
    emailVerified: true,
    externalId: '2fe01467-f7ea-4dd2-8b79-c2b4f56d0191',
    metadata: { timezone: 'America/New_York' },
  });
  expect(remove?.()).toBeNull();
  expect(list?.()).toHaveLength(IDS.length);
}, 60_000);

test.skipIf(!hasCurl)(
  'the curl lines run as they are printed',
  async () => {
    const { host, secret, settings } = await world();
    const [confirm = '', send = '', list = '', remove = ''] = SNIPPETS.filter((line) => line.startsWith('curl'));
    const user = { id: 'user_01EHZNVPK3SFK441A1RGBFSHRT' };
    expect(runCurl(send, host, secret)).toMatchObject({ status: 200, json: { user } });
    const code = await newestCode(settings);
    const confirmed = runCurl(confirm.replace('"123456"', `"${code}"`), host, secret);
    expect(confirmed).toMatchObject({ status: 200, json: { user: { ...user, email_verified: true } } });

    const application = await authorize(host, secret, 'user_01E4ZCR3C56J083X43JQXF3JK5');
    const listed = runCurl(list, host, secret);
    expect(listed).toMatchObject({ status: 200, json: { data: [{ application: { id: application } }] } });
    // The page has an ID that no application can have.
    expect(runCurl(remove, host, secret)).toMatchObject({ status: 404, json: { code: 'entity_not_found' } });
    const existing = remove.replace(/conn_app_\w+/, application);
    expect(runCurl(existing, host, secret)).toEqual({ status: 204, json: null });
  },
  60_000,
);

/** The code in the newest mail of the outbox. */
async function newestCode({ MAIL_OUTBOX, DATABASE_URL = '' }: Settings): Promise<string> {
  const outbox = MAIL_OUTBOX ?? join(DATABASE_URL.replace('file:', ''), '..', 'outbox');
  await expect.poll(() => readdirSync(outbox).length, { timeout: 10_000 }).toBeGreaterThan(0);
  const mail = readFileSync(join(outbox, readdirSync(outbox).sort().at(-1) ?? ''), 'utf8');
  return /\b\d{6}\b/.exec(mail)?.[0] ?? '';
}

/** Has the user authorize an application: REST has no operation for it. */
async function authorize(host: string, secret: string, userId: string): Promise<string> {
  const ask = async (query: string, variables: object) => {
    const response = await fetch(`http://${host}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()).data;
  };
  const { createApplication } = await ask(
    'mutation ($input: CreateApplicationInput!) { createApplication(input: $input) { application { id } } }',
    { input: { name: 'Shop', isFirstParty: true, scopes: ['openid'], redirectUris: ['https://shop.example/'] } },
  );
  const { id } = createApplication.application;
  const consent = { userId, applicationId: id, scopes: ['openid'] };
  await ask(
    'mutation ($input: AuthorizeApplicationInput!) { authorizeApplication(input: $input) { errors { ... on MutationError { message } } } }',
    { input: consent },
  );
  return id;
}
