import { existsSync } from 'node:fs';
import { createApp } from '../../src/app.js';
import { systemViewer, type Viewer } from '../../src/auth/viewer.js';
import { loadConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/runtime/logger.js';
import type { Services } from '../../src/services.js';
import type { UserOrderField } from '../../src/users/user.js';
import { parseUserFilter, type UserFilter } from '../../src/users/user-filter.js';
import { parseSearch } from '../../src/users/user-search.js';
import { makeCrowd } from '../support/crowd.js';

/**
 * How long lists of users take in a large environment: `npm run bench:finding -- <file> <users>`. It makes the file when
 * it is not there. One caller, one page of 50 after the other, through the service; a page blocks the process for that long.
 */
const [file = '', count = '1000000'] = process.argv.slice(2);
const ROUNDS = 40;

interface Case {
  readonly name: string;
  readonly order?: UserOrderField;
  readonly filter?: UserFilter;
  readonly search?: string;
  readonly total?: true;
  readonly upTo?: number;
}

const ORDERS = ['CREATED_AT', 'UPDATED_AT', 'LAST_SIGN_IN_AT', 'EMAIL', 'NAME'] as const;

const CASES: readonly Case[] = [
  ...ORDERS.map((order) => ({ name: `page, ${order}`, order })),
  { name: 'verified, by email', order: 'EMAIL', filter: { emailVerified: false } },
  { name: 'domain of a third, by creation', filter: { emailDomain: { eq: 'example.com' } } },
  { name: 'domain of a third, by name', order: 'NAME', filter: { emailDomain: { eq: 'example.com' } } },
  { name: 'rare domain, by name', order: 'NAME', filter: { emailDomain: { eq: 'initech.example' } } },
  { name: 'rare metadata, by email', order: 'EMAIL', filter: { metadata: [{ key: 'plan', eq: 'gold' }] } },
  { name: 'external id', filter: { externalId: { eq: 'customer-77777' } } },
  {
    name: 'or of two names, by change',
    order: 'UPDATED_AT',
    filter: { or: [{ lastName: { eq: 'Albebe' } }, { name: { startsWith: 'Kofi Perpe' } }] },
  },
  { name: 'contains, found soon', filter: { email: { contains: '77' } } },
  { name: 'contains nothing: refused', order: 'NAME', filter: { email: { contains: 'nobody' } } },
  { name: 'search a', search: 'a' },
  { name: 'search example', search: 'example' },
  { name: 'search ada alb', search: 'ada alb' },
  { name: 'search ada albebe, by name', search: 'ada albebe', order: 'NAME' },
  { name: 'search example, by name: refused', search: 'example', order: 'NAME' },
  { name: 'search customer 77777', search: 'customer 77777' },
  { name: 'totalCount', total: true },
  { name: 'totalCount, rare domain', total: true, filter: { emailDomain: { eq: 'initech.example' } } },
  { name: 'totalCount, search ada alb', total: true, search: 'ada alb' },
  { name: 'totalCount, a third: refused', total: true, filter: { emailDomain: { eq: 'example.com' } } },
  { name: 'totalCount, contains: refused', total: true, filter: { email: { contains: 'nobody' } } },
  { name: 'usersCount, a third', upTo: 10_000, filter: { emailDomain: { eq: 'example.com' } } },
  { name: 'usersCount, contains nothing', upTo: 10_000, filter: { email: { contains: 'nobody' } } },
];

async function ask({ users }: Services, viewer: Viewer, one: Case): Promise<string> {
  const query = { condition: parseUserFilter(one.filter), search: parseSearch(one.search) };
  const request = { direction: 'forward', limit: 50, after: null, before: null } as const;
  try {
    if (one.total) return `${await users.countUsers(viewer, query)}`;
    if (one.upTo) return `${(await users.countUsersUpTo(viewer, query, one.upTo)).value}`;
    const order = { field: one.order ?? 'CREATED_AT', direction: 'DESC' } as const;
    return `${(await users.listUsers(viewer, query, order, request)).items.length} users`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

const isNew = !existsSync(file);
const app = await createApp(loadConfig({ DATABASE_URL: `file:${file}`, NODE_ENV: 'test' }), {
  logger: createLogger('silent'),
});
const environment = await app.services.environments.ensure('bench', 'test');
if (isNew) {
  const startedAt = performance.now();
  await makeCrowd(app, environment.id, Number(count), (done) => {
    if (done % 100_000 === 0) process.stderr.write(`${done} users\n`);
  });
  process.stdout.write(`made ${count} users in ${Math.round((performance.now() - startedAt) / 1_000)} s\n`);
}
const viewer = systemViewer(environment.id, 'bench');
for (const one of CASES) {
  const times: number[] = [];
  let answer = await ask(app.services, viewer, one);
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    answer = await ask(app.services, viewer, one);
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(share * (ROUNDS - 1))] ?? 0).toFixed(2).padStart(8);
  process.stdout.write(`${one.name.padEnd(36)} p50 ${at(0.5)} ms   p99 ${at(0.99)} ms   ${answer}\n`);
}
await app.close();
