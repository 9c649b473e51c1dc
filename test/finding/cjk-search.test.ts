import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { migrations } from '../../migrations/index.js';
import { migrate } from '../../src/db/migrator.js';
import { openSqlite } from '../../src/db/sqlite/database.js';
import { MAX_ROWS_EXAMINED } from '../../src/users/user-query.js';
import { isFound, MAX_SEARCH_WORDS, parseSearch, searchableText } from '../../src/users/user-search.js';
import { makeCrowd } from '../support/crowd.js';
import { makeMembership, makeOrganization, makeUser } from '../support/make.js';
import { runs } from '../support/runs.js';
import { type Execute, TestClock, testApp } from '../support/test-app.js';

const LIST = `query ($search: String, $filter: UserFilter, $orderBy: UserOrder, $first: Int) {
  users(search: $search, filter: $filter, orderBy: $orderBy, first: $first) { nodes { id firstName lastName name } }
}`;
const BY_NAME = { field: 'NAME', direction: 'ASC' };

interface Named {
  readonly id: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly name: string | null;
}

async function find(execute: Execute, variables: object): Promise<Named[]> {
  const { data, errors } = await execute(LIST, { first: 100, ...variables });
  expect(errors).toBeUndefined();
  return data.users.nodes;
}

const found = async (execute: Execute, search: string) => (await find(execute, { search })).map(({ name }) => name);

test.each([
  // Han, with characters outside the BMP and with a variation selector.
  ['李小龙', ['李小龙', '李小', '小龙', '李', '小', '龙'], ['龙小', '李龙', '大']],
  ['𠮷野家', ['𠮷', '𠮷野', '野家', '家'], ['吉']],
  ['葛\u{E0100}城ユキ', ['葛城', '城ユ', 'ユキ', 'キ'], ['葛ユ']],
  // Katakana and Hiragana, full width and half width, with voicing marks.
  ['佐々木ガンダム', ['々木', 'ガンダム', 'ｶﾞﾝﾀﾞﾑ', 'ンダ', 'タ'], ['ムダ', 'カム']],
  ['さくら ひめ', ['くら', 'ひめ', 'さくら ひめ', 'ら め'], ['らひ']],
  // Hangul syllables, composed and decomposed. The last one may be incomplete, because the user is still typing.
  ['김철수', ['철수', '수', '김처', '김ㅊ', '철수'.normalize('NFD'), '김'.normalize('NFD')], ['수철', '처수']],
  // Thai, Lao, Khmer and Myanmar, where vowel signs belong to the preceding character.
  ['สมชายใจดี', ['ชาย', 'ใจดี', 'ดี', 'ส'], ['ดีใ']],
  ['ສົມພອນ', ['ພອນ', 'ນ'], ['ນພ']],
  ['សុខា', ['ខា', 'ខ'], ['ខាសុ']],
  ['မောင်မောင်', ['င်မောင်', 'မောင်'], ['က']],
  // Next to letters and digits of other scripts, which form whole words, also in full width.
  ['Tom小龙3', ['tom', 'to', '小龙', '龙', '3', 'Tom小龙3', 'ＴＯＭ'], ['om', 'tom龙小']],
])('finds each part of %s', async (name, finds, misses) => {
  const { client } = await testApp();
  const execute = await client();
  await makeUser(execute, { email: 'a@example.com', name });
  await makeUser(execute, { email: 'b@example.com', name: 'Ada' });
  const everywhere = async (search: string) => [await found(execute, search), await foundByRowCheck(execute, search)];
  for (const search of finds) expect([search, ...(await everywhere(search))]).toEqual([search, [name], [name]]);
  for (const search of misses) expect([search, ...(await everywhere(search))]).toEqual([search, [], []]);
});

/** Sorts by name among few users, so that the search examines each row instead of the index. */
async function foundByRowCheck(execute: Execute, search: string): Promise<(string | null)[]> {
  const filter = { email: { in: ['a@example.com', 'b@example.com'] } };
  return (await find(execute, { search, filter, orderBy: BY_NAME })).map(({ name }) => name);
}

test('finds a family name and a given name that are written without a space', async () => {
  const { client } = await testApp();
  const execute = await client();
  const id = await makeUser(execute, { email: 'a@example.com', firstName: '小龙', lastName: '李' });
  await makeUser(execute, { email: 'b@example.com', firstName: 'Lee', lastName: '李' });
  for (const search of ['李小龙', '李小', '李 小龙']) {
    expect((await find(execute, { search })).map((user) => user.id)).toEqual([id]);
  }
  await execute('mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }', {
    input: { id, firstName: '大龙' },
  });
  expect(await find(execute, { search: '李小龙' })).toEqual([]);
  expect(await find(execute, { search: '李大龙' })).toHaveLength(1);
});

test('counts pairs of characters as words and uses only the first ones of a search', async () => {
  const { client } = await testApp();
  const execute = await client();
  const name = '一二三四五六七八九';
  expect(parseSearch(name)?.words).toHaveLength(MAX_SEARCH_WORDS);
  await makeUser(execute, { email: 'a@example.com', name });
  expect(await found(execute, `${name}無`)).toEqual([name]);
  expect(await found(execute, `無${name}`)).toEqual([]);
});

test('the index finds the same users as a comparison with each name, in its own environment only', async () => {
  const { client } = await testApp();
  const execute = await client();
  const other = await client('other');
  const alphabet = fc.constantFrom(...'李小龙𠮷々김철처수かがカｶﾞーไทยกาขข้a', 'b1é ・-', 'ㅊ', '\u{E0100}');
  const text = fc.array(alphabet, { minLength: 1, maxLength: 6 }).map((signs) => signs.join(''));
  const people: Named[] = [];
  const organizationId = await makeOrganization(execute, { name: 'Org' });
  const [seeds] = fc.sample(fc.array(fc.tuple(text, text, text), { minLength: 60, maxLength: 60 }), 1);
  for (const [index, [firstName, lastName, name]] of (seeds ?? []).entries()) {
    const input = { email: `u${index}@example.com`, firstName, lastName, name };
    const id = await makeUser(execute, input);
    await makeMembership(execute, id, organizationId);
    await makeUser(other, { ...input, firstName: lastName, lastName: name, name: firstName });
    people.push({ id, firstName, lastName, name });
  }
  const parts = fc
    .tuple(fc.constantFrom(...people), fc.nat({ max: 5 }), fc.integer({ min: 1, max: 4 }))
    .map(([{ name }, from, length]) => [...(name ?? '')].slice(from, from + length).join(''));
  let met = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(text, parts), async (search) => {
      const wanted = parseSearch(search);
      const meant = people.filter(({ id, ...names }, index) => {
        const user = { ...names, email: `u${index}@example.com`, externalId: null };
        return wanted === null || (wanted.words.length > 0 && isFound(wanted, searchableText(user)));
      });
      met += meant.length;
      const ids = meant.map(({ id }) => id).sort();
      const byIndex = await find(execute, { search });
      expect(byIndex.map(({ id }) => id).sort()).toEqual(ids);
      const byHand = await find(execute, {
        search,
        filter: { organizationId: { eq: organizationId } },
        orderBy: BY_NAME,
      });
      expect(byHand.map(({ id }) => id).sort()).toEqual(ids);
    }),
    { numRuns: runs(100, 1_000) },
  );
  expect(met).toBeGreaterThan(200);
}, 120_000);

test('finds each part of a text without spaces', () => {
  const sign = fc.constantFrom(...'李小龙𠮷々〇ㄅꀀ가나かカー', 'が', '김', 'ก็', 'ຂ້', 'ខា');
  fc.assert(
    fc.property(fc.array(sign, { minLength: 1, maxLength: 30 }), fc.nat(), fc.nat(), (signs, from, length) => {
      const start = from % signs.length;
      const part = signs.slice(start, start + 1 + (length % MAX_SEARCH_WORDS)).join('');
      const search = parseSearch(part);
      expect(search !== null && search.words.length > 0 && isFound(search, `Ada ${signs.join('')}`)).toBe(true);
    }),
    { numRuns: runs(300, 5_000) },
  );
});

test('a migration indexes the parts of existing names', async () => {
  const { client, folder } = await testApp();
  const execute = await client();
  const names = ['李小龙', 'Zoë', '김철수', 'Ada', 'a\u0001李小龙'];
  for (const [index, name] of names.entries()) await makeUser(execute, { email: `${index}@example.com`, name });
  const file = `${folder}/test.db`;
  const sqlite = new BetterSqlite3(file);
  sqlite.exec("create virtual table temp.entries using fts5vocab('main', 'user_search', 'instance')");
  const words = () => sqlite.prepare('select doc, term from temp.entries order by 1, 2').all();
  const now = words();
  // The old index stored a text without spaces as one word.
  const users = sqlite.prepare<[], { number: number; name: string; email: string }>(
    'select search_number as number, name, email from users order by number',
  );
  for (const { number, name, email } of users.all()) {
    const mark = Math.floor(number / 2 ** 33)
      .toString(36)
      .padStart(4, '0');
    const old = [
      ...name
        .normalize('NFKD')
        .toLowerCase()
        .replace(/\u0308/g, '')
        .split('\u0001'),
      ...email.split(/[@.]/),
    ];
    sqlite
      .prepare('update user_search set words = ? where rowid = ?')
      .run(old.map((word) => mark + word).join(' '), number);
  }
  expect(words()).not.toEqual(now);
  expect(await found(execute, '小龙')).toEqual([]);
  sqlite.prepare("delete from schema_migrations where name >= '0015-cjk-search'").run();
  const db = openSqlite(file);
  const upToIt = migrations.slice(0, migrations.findIndex(({ name }) => name.startsWith('0015')) + 1);
  expect(await migrate(db, upToIt, new TestClock())).toEqual(['0015-cjk-search']);
  await db.close();
  expect(words()).toEqual(now);
  sqlite.close();
  expect(await found(execute, '小龙')).toHaveLength(2);
  expect(await found(execute, '철수')).toEqual(['김철수']);
});

test('a search for a very common character examines a limited number of users', async () => {
  const { app, client } = await testApp();
  const execute = await client();
  const { id } = await app.db.reader.selectFrom('environments').select('id').executeTakeFirstOrThrow();
  await makeCrowd(app, id, MAX_ROWS_EXAMINED, () => {}, { firstName: '小龙', lastName: '李', name: '李小龙' });
  for (const search of ['龙', '小龙', '李小龙']) {
    expect(await find(execute, { search, orderBy: BY_NAME, first: 3 })).toHaveLength(3);
  }
  await makeUser(execute, { email: 'one@example.com', name: '王龙' });
  for (const search of ['龙', '王龙']) {
    const { errors } = await execute(LIST, { search, orderBy: BY_NAME, first: 3 });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(
      search === '龙' ? ['FILTER_NOT_SELECTIVE'] : undefined,
    );
  }
  // In the order of the index, the search reads only as many entries as the page needs.
  expect(await find(execute, { search: '龙', first: 1 })).toMatchObject([{ name: '王龙' }]);
}, 300_000);
