import { once } from 'node:events';
import BetterSqlite3 from 'better-sqlite3';
import { cursorAt } from '../../src/events/event-position.js';
import { ask, type Child, createKey, database, freePort, type Settings, says, start } from './processes/process.js';
import { readStream } from './streams.js';
import type { Segment } from './verdict.js';

/** Where a history is recorded. */
export interface HistoryDatabase {
  readonly settings: Settings;
  /** IDs of the events behind an ID, in the order of IDs; at most 100. */
  behind(id: string): Promise<string[]>;
  /** IDs of all events, in the order of the log. */
  log(): Promise<string[]>;
  /** Ends a part of the engine, and starts it again. */
  crash?(): Promise<void>;
}

export interface HistoryOptions {
  readonly events: number;
  /** Times that readers go, in all. */
  readonly disconnects: number;
  /** Times that a server is killed with SIGKILL and started again; every third time, the engine if it can crash. */
  readonly kills: number;
  /** By default a new SQLite file. */
  readonly database?: HistoryDatabase;
}

export interface History {
  readonly log: readonly string[];
  readonly readers: readonly (readonly Segment[])[];
  /** What somebody got who reads by id: those behind the last id they have seen. */
  readonly byId: readonly Segment[];
  readonly disconnects: number;
  readonly kills: number;
  /** Acknowledged writes that another server was asked about at once, and had. */
  readonly found: number;
  readonly seconds: number;
}

/** Clocks of machines are not the same: how far each process is off, in milliseconds. */
const DRIFTS = [0, -60, 40, -150];
const READERS = 4;
const MAX_USERS = 20;

const CREATE_USERS = `mutation ($users: [CreateUserInput!]!, $key: String!) {
  createUsers(input: { users: $users, policy: ALL_OR_NOTHING, idempotencyKey: $key }) { createdCount errors { __typename } }
}`;
const FIND_USER = 'query ($email: String!) { userByEmail(email: $email) { email } }';
const FOLLOW = 'subscription { events { node { id name } } }';
const MAKE_END = 'mutation { createOrganization(input: { name: "End" }) { errors { __typename } } }';
/** The last event of a history: nothing else makes an organization. */
const END = 'organization.created';

/** A server that is started again, at its port, whenever it was killed. */
class Server {
  #child: Promise<Child>;
  #isStarting = false;
  /** Set when the history is over. */
  isOver = false;
  /** Set when the server has ended by itself. */
  failure: Error | null = null;

  constructor(
    readonly url: string,
    private readonly settings: Settings,
  ) {
    this.#child = this.#start();
  }

  ready(): Promise<Child> {
    return this.#child;
  }

  async kill(): Promise<void> {
    if (this.#isStarting) return;
    this.#isStarting = true;
    const child = await this.#child;
    const gone = once(child, 'close');
    child.kill('SIGKILL');
    await gone;
    this.#child = this.#start();
    await this.#child;
    this.#isStarting = false;
  }

  async #start(): Promise<Child> {
    const child = start(['serve'], this.settings);
    await says(child, /"listening"/);
    child.once('close', (code) => {
      if (!this.#isStarting && !this.isOver) this.failure = new Error(`A server ended by itself with ${code}.`);
    });
    return child;
  }
}

/**
 * Four processes write events, each with a clock of its own, and four readers follow them, who go at random and come
 * back to any of the servers with the last cursor they have dealt with, or an earlier one. Servers are killed meanwhile.
 */
export async function recordHistory(options: HistoryOptions): Promise<History> {
  const startedAt = performance.now();
  const { settings, behind, log, crash } = options.database ?? inFile();
  const { secret } = await createKey(settings);
  const servers = await Promise.all(
    DRIFTS.map(async (drift) => {
      const port = await freePort();
      const shift = `data:text/javascript,const now = Date.now; Date.now = () => now() + ${drift};`;
      const own = { HOST: '127.0.0.1', PORT: String(port), RATE_LIMIT_POINTS: '0', LOG_LEVEL: 'info' };
      const server = new Server(`http://127.0.0.1:${port}/graphql`, {
        ...settings,
        ...own,
        NODE_OPTIONS: `--import="${shift}"`,
      });
      await server.ready();
      return server;
    }),
  );
  let written = 0;
  let isWritten = false;

  async function write(server: Server, writer: number): Promise<void> {
    for (let call = 0; written < options.events; call++) {
      const count = Math.min(1 + Math.floor(Math.random() * MAX_USERS), options.events - written);
      written += count;
      const users = Array.from({ length: count }, (_, index) => ({ email: `w${writer}-${call}-${index}@example.com` }));
      const key = `w${writer}-${call}`;
      await persist(server, async () => {
        const { text } = await ask(server.url, secret, CREATE_USERS, { users, key });
        // The engine is started again.
        if (/"code":"(SERVICE_UNAVAILABLE|TIMEOUT)"/.test(text)) throw new Error(`try again: ${text}`);
        if (!text.includes(`"createdCount":${count}`)) throw new Error(text);
      });
      // Whoever was acknowledged is there at once, whichever server is asked.
      const other = servers[(writer + 1 + (call % (servers.length - 1))) % servers.length] as Server; // there are four
      const { email } = users.at(-1) as { email: string }; // there is one at least
      await persist(other, async () => {
        const { text } = await ask(other.url, secret, FIND_USER, { email });
        // While the engine is started again, a user is null because of an error.
        if (text.includes('"errors"')) throw new Error(`try again: ${text}`);
        if (!text.includes(`"email":"${email}"`))
          throw new MissingError(`${email} was acknowledged, and is not found.`);
      });
      found++;
    }
  }

  let [disconnects, kills, found] = [0, 0, 0];
  const perSegment = Math.ceil((options.events * READERS) / (options.disconnects * 1.15));

  async function read(first: number): Promise<Segment[]> {
    const segments: Segment[] = [];
    const got: { id: string; cursor: string }[] = [];
    let isOver = false;
    for (let at = first; ; at++) {
      const server = servers[at % servers.length] as Server; // there are four
      // Who is cut off may have dealt with less than they have received.
      const back = Math.random() < 0.25 ? Math.floor(Math.random() * 5) : 0;
      const dealtWith = got.at(-1 - Math.min(back, Math.max(0, got.length - 1)));
      const segment: Segment = { after: dealtWith?.id ?? null, ids: [] };
      const upTo = Math.ceil(Math.random() * 2 * perSegment);
      const stopped = new AbortController();
      try {
        const response = await fetch(server.url, {
          method: 'POST',
          signal: stopped.signal,
          headers: {
            'content-type': 'application/json',
            accept: 'text/event-stream',
            authorization: `Bearer ${secret}`,
            'last-event-id': dealtWith?.cursor ?? START,
          },
          body: JSON.stringify({ query: FOLLOW }),
        });
        const stream = readStream(response);
        while (segment.ids.length < upTo && !isOver) {
          const message = await stream.next();
          if (message?.event !== 'next' || message.id === null) break;
          const { id, name } = message.answer?.data.events.node ?? {};
          segment.ids.push(id);
          got.push({ id, cursor: message.id });
          isOver = name === END;
        }
      } catch {
        // The server was killed; another one is asked.
      }
      stopped.abort();
      if (segment.ids.length > 0) segments.push(segment);
      if (isOver) return segments;
      if (segment.ids.length > 0) disconnects++;
    }
  }

  async function readById(): Promise<Segment[]> {
    const segment: Segment = { after: null, ids: [] };
    for (;;) {
      const isLast = isWritten;
      const ids = await behind(segment.ids.at(-1) ?? '');
      segment.ids.push(...ids);
      if (ids.length === 0 && isLast) return [segment];
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  async function killSome(): Promise<void> {
    for (let next = 1; next <= options.kills && !isWritten; ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (written < (options.events * next) / (options.kills + 1)) continue;
      next++;
      kills++;
      if (crash && next % 3 === 0) await crash();
      else await servers[Math.floor(Math.random() * servers.length)]?.kill();
    }
  }

  const reading = Promise.all(Array.from({ length: READERS }, (_, first) => read(first)));
  const writing = Promise.all([killSome(), ...servers.map(write)]).then(() => {
    isWritten = true;
  });
  // A failure of a writer ends the history at once.
  const byId = await Promise.race([readById(), writing.then(() => new Promise<never>(() => {}))]);
  await writing;
  const [server] = servers as [Server]; // there are four
  await persist(server, () => ask(server.url, secret, MAKE_END));
  const readers = await reading;
  const events = await log();
  for (const each of servers) {
    each.isOver = true;
    (await each.ready()).kill('SIGKILL');
  }
  return { log: events, readers, byId, disconnects, kills, found, seconds: (performance.now() - startedAt) / 1000 };
}

function inFile(): HistoryDatabase {
  const { file, settings } = database();
  const read = <T>(work: (sqlite: BetterSqlite3.Database) => T): T => {
    const sqlite = new BetterSqlite3(file, { readonly: true });
    try {
      return work(sqlite);
    } finally {
      sqlite.close();
    }
  };
  return {
    settings,
    behind: async (id) =>
      read((sqlite) =>
        sqlite.prepare<[string], string>('select id from events where id > ? order by id limit 100').pluck().all(id),
      ),
    log: async () =>
      read((sqlite) => sqlite.prepare<[], string>('select id from events order by sequence').pluck().all()),
  };
}

/** The cursor before the first event of a log that was never restored. */
const START = cursorAt('0', 0);

/** What was acknowledged is not there. */
class MissingError extends Error {}

/** Does something until it succeeds, as a client does whose server is started again. */
async function persist(server: Server, attempt: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (error instanceof MissingError) throw error;
      if (error instanceof Error && error.message.startsWith('{')) throw error;
      await server.ready();
      if (server.failure) throw server.failure;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
