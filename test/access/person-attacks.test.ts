import Sqlite from 'better-sqlite3';
import { isObjectType } from 'graphql';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { POLICY } from '../../src/auth/policy.js';
import { GRAPH_ACCESS } from '../../src/graphql/persons/person-access.js';
import { createSchema, printSubgraph } from '../../src/graphql/schema.js';
import { Dice } from '../fuzz/dice.js';
import { Documents } from '../fuzz/documents.js';
import { Known } from '../fuzz/known.js';
import { type World, world } from '../support/access/person-world.js';
import { signIn } from '../support/sign-in.js';
import { execute, WITHOUT_BOUNDS } from '../support/test-app.js';

const schema = createSchema();

/** Returns the rows that do not belong to Ada, by table. Her own rows, and rows that refer to her, may change. */
function rowsOfOthers({ folder, ada }: World): Record<string, unknown[]> {
  const sqlite = new Sqlite(`${folder}/test.db`, { readonly: true });
  try {
    const tables = sqlite
      .prepare<[], { name: string }>(
        "select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%'",
      )
      .all()
      .map(({ name }) => name)
      // Tables that her actions may change: the event log, its sequence, sign-in attempts and mails.
      .filter(
        (name) =>
          !['events', 'event_sequences', 'sign_in_attempts', 'mail_days', 'mails', 'idempotency_keys'].includes(name),
      );
    return Object.fromEntries(
      tables.map((name) => {
        const columns = sqlite.pragma(`table_info(${name})`) as { name: string }[]; // the shape of the pragma's rows
        const owner = name === 'users' ? 'id' : columns.some((column) => column.name === 'user_id') ? 'user_id' : null;
        const where = owner === null ? '' : ` where ${owner} <> '${ada.userId}'`;
        return [name, sqlite.prepare(`select * from ${name}${where}`).all()];
      }),
    );
  } finally {
    sqlite.close();
  }
}

/** Sends random operations over the whole schema as Ada. Returns the data of other users that she saw or changed. */
async function attack(
  operations: number,
  seed: number,
): Promise<{ seen: string[]; changed: string[]; withData: number }> {
  const w = await world({ ...WITHOUT_BOUNDS, LOG_LEVEL: 'silent' });
  const { ada, bob } = w;
  const known = new Known([]);
  // Ada knows everything about Bob except his credentials. The answers to his own queries add more IDs.
  known.learn(
    JSON.stringify([ada, bob, w.applicationId, w.organizationId, { email: bob.email }, { externalId: bob.externalId }]),
  );
  known.learn(JSON.stringify((await bob.ask('{ viewer { user { events { edges { cursor node { id } } } } } }')).data));
  const before = rowsOfOthers(w);
  const seen = new Set<string>();
  let withData = 0;
  let token = '';
  for (let index = 0; index < operations; index++) {
    const { query, variables } = new Documents(schema, new Dice(seed * 1_000_003 + index), known).operation(2);
    const answer = await execute(w.app, token, query, variables);
    // A random operation may have ended her session.
    if (answer.errors?.[0]?.extensions.code === 'UNAUTHENTICATED') {
      w.clock.advance(60);
      token = (await signIn(w, w.environmentId, ada.email)).accessToken;
    }
    const text = JSON.stringify(answer);
    if (text.startsWith('{"data":{')) withData++;
    const asked = `${query}${JSON.stringify(variables)}`;
    for (const [canary] of text.matchAll(/CANARY_(?:BOB|org|redirect)[\w@.]*|canary_bob[\w@.]*/gi)) {
      // A value that she sent may come back to her, e.g. in a "not found" message.
      if (!asked.includes(canary)) seen.add(canary);
    }
    known.learn(text);
  }
  const after = rowsOfOthers(w);
  const changed = Object.keys(after).filter(
    (table) =>
      !['user_search', 'user_totals', 'organization_totals', 'search_spaces'].includes(table) &&
      !table.startsWith('user_search') &&
      JSON.stringify(after[table]) !== JSON.stringify(before[table]),
  );
  return { seen: [...seen], changed, withData };
}

describe('random operations of a signed-in user over the whole schema', () => {
  const original = structuredClone(GRAPH_ACCESS);
  const open = GRAPH_ACCESS as Record<string, { fields: readonly string[] | 'all'; isOwned?: true }>; // mutable
  const rules = POLICY as unknown as Record<string, { scopes: readonly string[]; person?: 'own' | 'linked' }>; // mutable
  const originalRules = structuredClone(rules);
  /** Opens every field of the graph to signed-in users. */
  function openFields(): void {
    for (const type of Object.values(schema.getTypeMap())) if (isObjectType(type)) open[type.name] = { fields: 'all' };
  }
  /** Opens every action of the policy to signed-in users. */
  function openActions(): void {
    for (const [action, { scopes }] of Object.entries(originalRules)) rules[action] = { scopes, person: 'own' };
  }
  // The subgraph's SDL is cached per process, so print it before the controls change the rules.
  beforeAll(() => {
    printSubgraph();
  });
  afterEach(() => {
    for (const name of Object.keys(open)) delete open[name];
    Object.assign(open, original);
    Object.assign(rules, originalRules);
  });

  test('read and change no data of other users', async () => {
    const { seen, changed, withData } = await attack(2_500, 1);
    expect(seen).toEqual([]);
    expect(changed).toEqual([]);
    expect(withData).toBeGreaterThan(500);
  }, 120_000);

  test('read and change no data of other users when every field is open: the policy refuses them', async () => {
    openFields();
    const { seen, changed, withData } = await attack(800, 2);
    expect(seen).toEqual([]);
    expect(changed).toEqual([]);
    expect(withData).toBeGreaterThan(100);
  }, 120_000);

  test('read and change no data of other users when every action is open: the graph refuses them', async () => {
    openActions();
    const { seen, changed } = await attack(800, 2);
    expect(seen).toEqual([]);
    expect(changed).toEqual([]);
  }, 120_000);

  test('control: read and change data of other users when every field and every action is open', async () => {
    openFields();
    openActions();
    const { seen, changed } = await attack(800, 2);
    expect(seen.length).toBeGreaterThan(3);
    expect(changed.length).toBeGreaterThan(1);
  }, 120_000);

  test('control: read data of other users when the ownership check is removed', async () => {
    for (const [name, { fields }] of Object.entries(original)) open[name] = { fields };
    open.Query = { fields: [...(original.Query?.fields ?? []), 'users'] };
    Object.assign(open, { UserConnection: { fields: 'all' }, UserEdge: { fields: 'all' } });
    openActions();
    const { seen } = await attack(1_200, 3);
    expect(seen.length).toBeGreaterThan(3);
  }, 120_000);
});
