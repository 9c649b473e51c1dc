import { existsSync, mkdirSync } from 'node:fs';
import { createApp } from '../../src/app.js';
import { ALL_SCOPES } from '../../src/auth/scope.js';
import { loadConfig } from '../../src/config/config.js';
import { createSchema } from '../../src/graphql/schema.js';
import { createLogger } from '../../src/runtime/logger.js';
import { execute, WITHOUT_BOUNDS } from '../support/open-app.js';
import { missingCounter, openCounter } from '../support/sql/vm-steps.js';
import { type Read, readsOf, valuesIn } from '../support/workload/reads.js';
import { makeTown } from '../support/workload/town.js';
import { userReads } from '../support/workload/user-filters.js';

/**
 * What every list and lookup of the schema costs at several sizes of the environment: `npm run bench:size -- <folder>
 * [users ...]`. It makes the files when they are not there; a million users take some minutes and 10 GB. Of each read the
 * median time of some rounds and the steps of SQLite's virtual machine, and whether both stay flat or what bounds them.
 */
const [folder = '.tmp/size', ...given] = process.argv.slice(2);
const sizes = given.length > 0 ? given.map(Number) : [1_000, 100_000, 1_000_000];
const ROUNDS = 7;
/** Steps that are more than at the smallest size by this factor are not flat. */
const FLAT = 1.5;

interface Measured {
  readonly ms: number;
  readonly steps: number;
  readonly refused: boolean;
}

async function measure(users: number): Promise<Map<string, Measured>> {
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/${users}.db`;
  const isNew = !existsSync(file);
  const bound = new Map<string, readonly unknown[]>();
  const config = loadConfig({ DATABASE_URL: `file:${file}`, NODE_ENV: 'test', ...WITHOUT_BOUNDS });
  const app = await createApp(config, {
    logger: createLogger('silent'),
    delivering: 'none',
    observe: (sql, parameters) => {
      bound.set(sql, parameters);
    },
  });
  const { id } = await app.services.environments.ensure('size', 'test');
  if (isNew) {
    const startedAt = performance.now();
    await makeTown(app, file, id, users);
    process.stdout.write(`made ${users} users in ${Math.round((performance.now() - startedAt) / 1_000)} s\n`);
  }
  const key = { environment: 'size', kind: 'test', name: 'size', scopes: ALL_SCOPES } as const;
  const { secret } = await app.services.apiKeys.create(key);
  const schema = createSchema();
  const values = valuesIn(file, id);
  const { User = '', Organization = '' } = values.ids;
  const reads = [...readsOf(schema, values), ...userReads(schema, { id: User, organizationId: Organization })];
  const counter = openCounter(file);
  const measured = new Map<string, Measured>();
  for (const { name, query, variables } of reads satisfies Read[]) {
    const times: number[] = [];
    let refused = false;
    for (let round = 0; round < ROUNDS; round++) {
      bound.clear();
      const startedAt = performance.now();
      refused = (await execute(app, secret, query, { ...variables })).errors !== undefined;
      times.push(performance.now() - startedAt);
    }
    const statements = [...bound].filter(([sql]) => sql.trim().startsWith('select'));
    const steps = statements.reduce((sum, [sql, parameters]) => sum + counter.steps({ sql, parameters }), 0);
    measured.set(name, { ms: times.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0, steps, refused });
  }
  counter.close();
  await app.close();
  return measured;
}

/** Why a read that is not flat is none that grows with the environment. */
function boundOf(name: string): string {
  if (/total$|^usersCount/.test(name)) return 'bounded: a count looks at 100,000 rows at most';
  return name.startsWith('users, ') ? 'bounded: a page looks at 10,000 rows at most' : 'NOT FLAT';
}

const missing = missingCounter();
if (missing !== null) throw new Error(missing);
const bySize = new Map<number, Map<string, Measured>>();
for (const size of sizes) bySize.set(size, await measure(size));
const [smallest] = bySize.values();
const columns = sizes.map((size) => `${size.toLocaleString('en').padStart(11)} users: ms, steps`).join(' | ');
process.stdout.write(`${'read'.padEnd(64)} | ${columns}\n`);
for (const name of smallest?.keys() ?? []) {
  const all = [...bySize.values()].map((reads) => reads.get(name));
  const cells = all.map((one) =>
    one ? `${one.ms.toFixed(1).padStart(10)} ${String(one.steps).padStart(12)}${one.refused ? ' x' : '  '}` : '',
  );
  const [first, last] = [all[0]?.steps ?? 0, all.at(-1)?.steps ?? 0];
  process.stdout.write(
    `${name.slice(0, 64).padEnd(64)} | ${cells.join(' | ')} | ${last <= first * FLAT + 500 ? 'flat' : boundOf(name)}\n`,
  );
}
