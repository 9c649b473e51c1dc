import fc from 'fast-check';
import type { GraphQLOutputType } from 'graphql';
import { expect, test } from 'vitest';
import { idsIn, leaksIn } from '../support/isolation/leaks.js';
import {
  masked,
  operations,
  PREFIX,
  type Ref,
  resolve,
  schema,
  selectionOf,
  some,
  unknown,
} from '../support/isolation/operations.js';
import { makeTwins, rowsOf } from '../support/isolation/twins.js';
import { makeWorld, SETTINGS, USERS } from '../support/isolation/two-environments.js';
import { makeOrganization, makeUser } from '../support/make.js';
import { runs } from '../support/runs.js';
import { type Execute, testApp } from '../support/test-app.js';

async function cursorsOf(execute: Execute): Promise<string[]> {
  const orders = ['CREATED_AT', 'EMAIL', 'NAME', 'UPDATED_AT', 'LAST_SIGN_IN_AT'].flatMap((field) =>
    ['ASC', 'DESC'].map((direction) => ({ field, direction })),
  );
  const query = 'query ($orderBy: UserOrder) { users(orderBy: $orderBy, first: 1) { edges { cursor } } }';
  const answers = await Promise.all(orders.map((orderBy) => execute(query, { orderBy })));
  const { data: log } = await execute('{ events(first: 5) { pageInfo { endCursor } } }');
  return [...answers.map(({ data }) => data.users.edges[0].cursor), log.events.pageInfo.endCursor];
}

const PER_FIELD = runs(40, 200);

test('answers in environment A never contain data of environment B or reveal that it exists', async () => {
  const app = await testApp(SETTINGS);
  const [asA, asB] = [await app.client('A'), await app.client('B')];
  const a = await makeWorld(app, asA, 'A');
  const b = await makeWorld(app, asB, 'B');
  await makeTwins(app, a);
  const pools = {
    A: { ...a, cursors: await cursorsOf(asA) },
    B: { ...b, cursors: await cursorsOf(asB) },
  };
  const idsOfB = idsIn(b);
  const lookUp = ({ kind, owner, index }: Ref) => {
    // A cursor has no unknown form: every position in a list is a position in any list.
    const pool = owner === 'nobody' ? (kind === 'cursors' ? pools.A[kind] : []) : pools[owner][kind];
    return pool.length === 0 ? unknown(kind) : (pool[index % pool.length] ?? unknown(kind));
  };
  // Cursors and idempotency keys that A has used itself are not secrets of B.
  const isSecret = ({ owner, kind }: Ref) => owner === 'B' && kind !== 'cursors' && kind !== 'keys';
  const withUnknownIds = (ref: Ref) => (isSecret(ref) ? unknown(ref.kind) : lookUp(ref));
  const before = await rowsOf(app, 'B');
  const everything = `{ users(first: 100) ${selectionOf(schema.getType('UserConnection') as GraphQLOutputType, 4)} }`; // it is an object type
  const seenByB = await asB(everything);
  expect(seenByB.data.users.UserConnection_totalCount).toBe(2 * USERS);

  let count = 0;
  // A may read what it wrote, even where the text imitates data of B.
  const written: unknown[] = [];
  const ask = async (query: string, args: unknown, sent: string[], look: (ref: Ref) => string) => {
    const variables = resolve(args, look, sent) as Record<string, unknown>; // resolve keeps the shape of what it is given
    if (query.startsWith('mutation')) written.push(variables);
    const answer = await asA(query, variables);
    count++;
    expect(leaksIn(answer, [variables, written], idsOfB)).toEqual([]);
    return answer;
  };
  const names = new Set<string>();
  for (const operation of operations()) {
    await fc.assert(
      fc.asyncProperty(operation, async ({ field, isMutation, query, args }) => {
        names.add(field);
        const sent: string[] = [];
        const answer = await ask(query, args, sent, lookUp);
        const isProbe = (ref: Ref) =>
          ref.owner === 'B' && ref.kind !== 'cursors' && (!isMutation || ref.kind in PREFIX);
        if (!some(args, isProbe)) return;
        // A mutation with an unknown ID changes nothing, so the test can send it twice.
        const sentUnknown: string[] = [];
        const blind = await ask(query, args, sentUnknown, withUnknownIds);
        expect(masked(answer, sent)).toBe(masked(blind, sentUnknown));
      }),
      { numRuns: PER_FIELD },
    );
  }
  expect([...names].sort()).toEqual(
    [schema.getQueryType(), schema.getMutationType()].flatMap((root) => Object.keys(root?.getFields() ?? {})).sort(),
  );
  process.stdout.write(`isolation: ${count} operations over ${names.size} fields\n`);
  expect(count).toBeGreaterThanOrEqual(2_000);
  expect(await rowsOf(app, 'B')).toEqual(before);
  expect(await asB(everything)).toEqual(seenByB);
}, 1_800_000);

test('email addresses and external IDs of environment B are available in environment A', async () => {
  const app = await testApp(SETTINGS);
  const [asA, asB] = [await app.client('A'), await app.client('B')];
  const b = await makeWorld(app, asB, 'B');
  const made = await makeUser(asA, { email: b.emails[0] ?? '', externalId: b.externalIds[0] });
  const change = `mutation ($input: UpdateUserInput!) {
    updateUser(input: $input) { user { email externalId } errors { __typename } }
  }`;
  const [email, externalId] = [b.emails[1], b.externalIds[1]];
  const { data } = await asA(change, { input: { id: made, email, externalId } });
  expect(data.updateUser).toEqual({ user: { email, externalId }, errors: [] });
  await makeOrganization(asA, { name: 'Org', externalId: 'CANARY_B_org_external_0' });
});
