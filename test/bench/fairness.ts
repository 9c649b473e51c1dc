import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  parseValue,
  print,
  type SelectionNode,
  visit,
} from 'graphql';
import { createSchema } from '../../src/graphql/schema.js';
import { Dice } from '../fuzz/dice.js';
import { Documents } from '../fuzz/documents.js';
import { Known } from '../fuzz/known.js';
import { printValue } from '../fuzz/values.js';
import { drawIds, prepareOwn } from './peers/data.js';
import { type Server, startOwnOn } from './peers/servers.js';
import { connection, quantile } from './timing.js';

/**
 * `npm run bench:fairness [-- <folder> <users> <seconds> <seed>]`: searches the admitted query that delays other clients
 * most, by hill climbing over the schema, and prints it with the response times of a neighbor who reads users by ID while
 * it runs. It makes the file when it is not there.
 */
const [folder = '.tmp/scale', users = '1000000', seconds = '120', seed = '1'] = process.argv.slice(2);
const PROGRAM = join(fileURLToPath(new URL('../..', import.meta.url)), 'dist/src/main.js');
/** Queries that are changed further. */
const KEPT = 12;
/** Part of the time that is spent on drawing queries, before they are changed. */
const DRAWING = 0.4;
/** Requests of the neighbor in each measurement. */
const REQUESTS = 300;
const PAGE_SIZES = ['first', 'last', 'limit'];

interface Scored {
  readonly query: string;
  /** Longest response time of a neighbor while it ran, in milliseconds. */
  readonly delay: number;
}

type Send = ReturnType<typeof connection>['send'];

const schema = createSchema();
const dice = new Dice(Number(seed));

/** The query with its variables written out, so that parts of it fit into other queries. Null when it is a mutation. */
function inlined({ query, variables }: ReturnType<Documents['operation']>): DocumentNode | null {
  if (query.startsWith('mutation')) return null;
  try {
    return visit(parse(query, { noLocation: true }), {
      VariableDefinition: () => null,
      Variable: ({ name }) => parseValue(printValue(variables[name.value] ?? null), { noLocation: true }),
    });
  } catch {
    // Some drawn values are not valid literals.
    return null;
  }
}

function rootOf(document: DocumentNode): readonly SelectionNode[] {
  const [operation] = document.definitions;
  return operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections : [];
}

function withRoot(document: DocumentNode, selections: readonly SelectionNode[]): DocumentNode {
  const aliased = selections.map((selection, index) =>
    selection.kind === Kind.FIELD
      ? { ...selection, alias: { kind: Kind.NAME as const, value: `r${index}` } }
      : selection,
  );
  const [operation, ...fragments] = document.definitions;
  const set = { kind: Kind.SELECTION_SET as const, selections: aliased };
  return { ...document, definitions: [{ ...(operation as OperationDefinitionNode), selectionSet: set }, ...fragments] };
}

/** A neighbor in the space of queries: larger pages, one part more, less or twice. */
function changed(document: DocumentNode, other: DocumentNode): DocumentNode {
  const selections = rootOf(document);
  switch (dice.below(4)) {
    case 0:
      return visit(document, {
        Argument: (node) =>
          PAGE_SIZES.includes(node.name.value) && node.value.kind === Kind.INT && dice.percent(60)
            ? { ...node, value: { kind: Kind.INT, value: dice.pick(['20', '50', '100']) } }
            : undefined,
      });
    case 1:
      // Fragments of the other query would be missing.
      return print(other).includes('...F') ? document : withRoot(document, [...selections, ...rootOf(other)]);
    case 2:
      return withRoot(document, [...selections, dice.pick(selections)]);
    default:
      return selections.length > 1 ? withRoot(document, selections.slice(1)) : document;
  }
}

/** Runs a query beside a neighbor. Null when it is not admitted or fails. */
async function score(document: DocumentNode, send: Send, neighbor: () => Promise<number>): Promise<Scored | null> {
  const query = print(document);
  let isRunning = true;
  const running = send({ query }).finally(() => {
    isRunning = false;
  });
  let delay = 0;
  while (isRunning) delay = Math.max(delay, await neighbor());
  const { status } = await running;
  return status === 200 ? { query, delay } : null;
}

async function search(send: Send, neighbor: () => Promise<number>, known: Known): Promise<readonly Scored[]> {
  const documents = new Documents(schema, dice, known);
  const startedAt = performance.now();
  const spent = () => (performance.now() - startedAt) / 1_000 / Number(seconds);
  let best: Scored[] = [];
  let tried = 0;
  const keep = (found: Scored | null) => {
    tried++;
    if (!found || best.some(({ query }) => query === found.query)) return;
    best = [...best, found].sort((a, b) => b.delay - a.delay).slice(0, KEPT);
  };
  while (spent() < DRAWING) {
    const document = inlined(documents.operation(0));
    if (document) keep(await score(document, send, neighbor));
  }
  while (spent() < 1) {
    const [one, other] = [dice.pick(best), dice.pick(best)].map(({ query }) => parse(query, { noLocation: true }));
    if (one && other) keep(await score(changed(one, other), send, neighbor));
  }
  console.log(`${tried} queries tried`);
  // A single delay can be the machine's: the median of some runs counts.
  const again: Scored[] = [];
  for (const { query } of best) {
    const delays: number[] = [];
    for (let run = 0; run < 5; run++) delays.push((await score(parse(query), send, neighbor))?.delay ?? 0);
    again.push({ query, delay: quantile(delays, 0.5) });
  }
  return again.sort((a, b) => b.delay - a.delay);
}

/** Response times of the neighbor while `clients` send the query again and again. */
async function beside(server: Server, query: string | null, clients: number, neighbor: () => Promise<number>) {
  let isOver = false;
  const others = Array.from({ length: query === null ? 0 : clients }, async () => {
    const { send, close } = connection(server.url, server.headers);
    while (!isOver) await send({ query });
    close();
  });
  const times: number[] = [];
  for (let sent = 0; sent < REQUESTS; sent++) times.push(await neighbor());
  isOver = true;
  await Promise.all(others);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

const data = prepareOwn(folder, Number(users), PROGRAM);
const temporary = mkdtempSync(join(tmpdir(), 'usergraph-fairness-'));
const server = await startOwnOn(data.own, data, temporary, PROGRAM);
const [busy, quiet] = [connection(server.url, server.headers), connection(server.url, server.headers)];
try {
  const { anywhere } = drawIds(data.own);
  const query = 'query ($id: ID!) { user(id: $id) { id email firstName lastName } }';
  let sent = 0;
  const neighbor = async () => {
    const { ms } = await quiet.send({ query, variables: { id: anywhere[sent++ % anywhere.length] } });
    return ms;
  };
  const known = new Known([]);
  const sample =
    '{ users(first: 50) { nodes { id email externalId authorizedApplications { nodes { id application { id } } } organizationMemberships { nodes { id organization { id } } } } edges { cursor } } }';
  known.learn((await busy.send({ query: sample })).text);
  const found = await search(busy.send, neighbor, known);
  for (const { delay, query: costly } of found.slice(0, 3)) {
    console.log(`\n${delay.toFixed(1)} ms for a neighbor:\n${costly}`);
  }
  const costliest = found[0]?.query ?? null;
  for (const clients of [0, 1, 4, 16]) {
    const { p50, p99 } = await beside(server, clients === 0 ? null : costliest, clients, neighbor);
    console.log(`${clients} clients with the costliest query: median ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
  }
} finally {
  busy.close();
  quiet.close();
  await server.stop();
  rmSync(temporary, { recursive: true, force: true });
}
