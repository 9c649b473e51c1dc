import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawIds, prepareOwn } from './peers/data.js';
import { startOwnOn } from './peers/servers.js';
import { type Operation, workloadsOf } from './peers/workloads.js';
import { connection, quantile } from './timing.js';

/**
 * `npm run bench:scale [-- <folder> <users> ...]`: how long reads take in environments of several sizes, and whether they
 * stay flat. It makes the files when they are not there, about 35 s for each 100,000 users, and writes a table to
 * docs/benchmarks.md. One client sends one operation after the other, so that nothing waits in a queue.
 */
const [folder = '.tmp/scale', ...given] = process.argv.slice(2);
const SIZES = given.length > 0 ? given.map(Number) : [10_000, 100_000, 1_000_000];
const REQUESTS = 500;
const WARM_UP = 50;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = join(ROOT, 'dist/src/main.js');

interface Read {
  readonly title: string;
  /** Sent in turn. */
  readonly operations: readonly Pick<Operation, 'query' | 'variables'>[];
}

/** The reads of a user's page, of lists with filters and searches, and counts. */
function readsOf(ids: ReturnType<typeof drawIds>): readonly Read[] {
  const one = (title: string, query: string, variables: Operation['variables'] = {}): Read => ({
    title,
    operations: [{ query, variables }],
  });
  const each = (title: string, selection: string): Read => ({
    title,
    operations: ids.middle.map((id) => ({
      query: `query ($id: ID!) { user(id: $id) { ${selection} } }`,
      variables: { id },
    })),
  });
  const organizationOf =
    '{ organizations(first: 1) { nodes { memberships(first: 50) { nodes { id user { id email } } } } } }';
  return [
    ...workloadsOf(ids)
      .filter(({ name }) => name !== 'Create')
      .map(({ title, own }) => ({ title, operations: own })),
    one('Total of users', '{ users { totalCount } }'),
    one('Count with a filter', '{ usersCount(filter: { emailVerified: true }, limit: 10000) { value isExact } }'),
    one('Search for two words', '{ users(search: "ada bau", first: 20) { nodes { id email } } }'),
    one('Search without a result', '{ users(search: "nobody", first: 20) { nodes { id } } }'),
    one('Filter by domain', '{ users(filter: { emailDomain: { eq: "example.com" } }, first: 20) { nodes { id } } }'),
    one(
      'Filter by metadata and name',
      '{ users(filter: { metadata: [{ key: "plan", eq: "pro" }], firstName: { eq: "Ada" } }, first: 20) { nodes { id } } }',
    ),
    one('Ordered by email', '{ users(orderBy: { field: EMAIL, direction: ASC }, first: 50) { nodes { id email } } }'),
    each('Applications of a user', 'authorizedApplications(first: 50) { nodes { id } totalCount }'),
    each('Memberships of a user', 'organizationMemberships(first: 50) { nodes { id } totalCount }'),
    each('Events of a user', 'events(first: 50) { nodes { id name } }'),
    one('Members of an organization', organizationOf),
    one('Newest events', '{ events(last: 50) { nodes { id name createdAt } } }'),
  ];
}

interface Measured {
  readonly p50: number;
  readonly p99: number;
}

async function measure(users: number): Promise<{ reads: Map<string, Measured>; memory: number }> {
  const data = prepareOwn(folder, users, PROGRAM);
  const temporary = mkdtempSync(join(tmpdir(), 'usergraph-scale-'));
  const server = await startOwnOn(data.own, data, temporary, PROGRAM);
  const { send, close } = connection(server.url, server.headers);
  const reads = new Map<string, Measured>();
  try {
    for (const { title, operations } of readsOf(drawIds(data.own))) {
      const times: number[] = [];
      for (let sent = -WARM_UP; sent < REQUESTS; sent++) {
        const { status, text, ms } = await send(operations[(sent + WARM_UP) % operations.length] ?? {});
        if (status !== 200) throw new Error(`${title}: ${text.slice(0, 300)}`);
        if (sent >= 0) times.push(ms);
      }
      reads.set(title, { p50: quantile(times, 0.5), p99: quantile(times, 0.99) });
    }
    return { reads, memory: server.memory() };
  } finally {
    close();
    await server.stop();
    rmSync(temporary, { recursive: true, force: true });
  }
}

const measured = new Map<number, Awaited<ReturnType<typeof measure>>>();
for (const size of SIZES) {
  measured.set(size, await measure(size));
  console.log(`${size} users: done`);
}

const sizes = [...measured];
const [smallest, largest] = [sizes[0]?.[1], sizes.at(-1)?.[1]];
const rows = [...(smallest?.reads.keys() ?? [])].map((title) => {
  const cells = sizes.map(([, { reads }]) => {
    const { p50, p99 } = reads.get(title) ?? { p50: Number.NaN, p99: Number.NaN };
    return `${p50.toFixed(1)} / ${p99.toFixed(1)}`;
  });
  const growth = (largest?.reads.get(title)?.p50 ?? 0) / (smallest?.reads.get(title)?.p50 ?? 1);
  return [title, ...cells, growth.toFixed(1)];
});
const memory = ['Memory in MB', ...sizes.map(([, { memory: used }]) => used.toFixed(0)), ''];
const head = ['Read: ms, median / p99', ...sizes.map(([size]) => `${size.toLocaleString('en')} users`), 'Growth'];
const lines = [head, head.map(() => '---'), ...rows, memory].map((cells) => `| ${cells.join(' | ')} |`);
const table = lines.join('\n');
const page = join(ROOT, 'docs/benchmarks.md');
const text = readFileSync(page, 'utf8');
const [start, end] = ['<!-- scale -->', '<!-- end of scale -->'];
const before = text.slice(0, text.indexOf(start) + start.length);
const machine = `One client, ${REQUESTS} requests for each read, Node ${process.version}, ${cpus().length} cores:`;
writeFileSync(page, `${before}\n\n${machine}\n\n${table}\n\n${text.slice(text.indexOf(end))}`);
console.log(`\n${table}`);
