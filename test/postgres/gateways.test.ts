import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { type HistoryDatabase, recordHistory } from '../support/history.js';
import { type PostgresServer, startPostgres, startReplica } from '../support/postgres/server.js';
import { runs } from '../support/runs.js';
import { judge } from '../support/verdict.js';

/** Set by `npm run history:postgres`. */
const FULL = process.env.HISTORY === 'full';
const EVENTS = FULL ? 100_000 : runs(1_500, 10_000);
const DISCONNECTS = FULL ? 1_000 : runs(30, 200);
const KILLS = FULL ? 40 : runs(6, 12);

/** A server that loses nothing it has acknowledged, whatever ends it. */
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

function databaseOn(server: PostgresServer, replica: PostgresServer): HistoryDatabase & { crashes: number } {
  const idsOf = async (sql: string, values: unknown[] = []) => {
    for (;;) {
      const client = new pg.Client({ connectionString: server.url() });
      client.on('error', () => {});
      try {
        await client.connect();
        return (await client.query<{ id: string }>(sql, values)).rows.map(({ id }) => id);
      } catch {
        // The server is started again.
        await new Promise((resolve) => setTimeout(resolve, 50));
      } finally {
        await client.end().catch(() => {});
      }
    }
  };
  const database = {
    settings: {
      DATABASE_URL: server.url(),
      DATABASE_REPLICA_URLS: replica.url(),
      SECRET_KEY: 'the key that all gateways share with each other',
      DATABASE_POOL_SIZE: '9',
    },
    crashes: 0,
    behind: (id: string) =>
      idsOf('select id from events where id > $1 collate "C" order by id collate "C" limit 100', [id]),
    log: () => idsOf('select id from events order by sequence'),
    crash: async () => {
      database.crashes++;
      const ended = database.crashes % 2 === 0 ? replica : server;
      await ended.stop('SIGKILL');
      await ended.start();
    },
  };
  return database;
}

/** Transactions of a server since it was started last; those of reads, when it is a replica. */
async function transactionsOf(server: PostgresServer): Promise<number> {
  const { rows } = await server.run('select xact_commit from pg_stat_database where datname = current_database()');
  return Number(rows[0].xact_commit);
}

test('gateways, the primary and its replica are killed: nothing acknowledged is lost or unseen, and no stream misses an event', async () => {
  const server = await startPostgres({ settings: DURABLE });
  onTestFinished(server.remove);
  const replica = await startReplica(server, DURABLE);
  onTestFinished(replica.remove);
  const database = databaseOn(server, replica);
  const history = await recordHistory({ events: EVENTS, disconnects: DISCONNECTS, kills: KILLS, database });
  const verdicts = history.readers.map((segments) => judge(history.log, segments));
  const fault = judge(history.log.slice(0, -1), history.byId);
  process.stdout.write(
    `gateways: ${history.log.length} events of 4 gateways, ${history.disconnects} disconnects, ${history.kills} kills, ` +
      `${database.crashes} of them of the primary and the replica, ${history.found} writes found by another gateway, ` +
      `${await transactionsOf(replica)} transactions of the replica since it was started, ${history.seconds.toFixed(0)} s: ${JSON.stringify(verdicts)}; ` +
      `a reader by id missed ${fault.missed}\n`,
  );
  for (const verdict of verdicts) expect(verdict).toMatchObject({ missed: 0, outOfOrder: 0, repeated: 0 });
  // Each user once, the key, and the organization at the end.
  expect(history.log).toHaveLength(EVENTS + 2);
  expect(history.disconnects).toBeGreaterThanOrEqual(DISCONNECTS / 2);
  expect(database.crashes).toBe(Math.floor(KILLS / 3));
  expect(fault.missed).toBeGreaterThan(0);
  expect(history.found).toBeGreaterThan(EVENTS / 20);
  expect(await transactionsOf(replica)).toBeGreaterThan(0);
}, 1_800_000);
