import { inSql } from '../support/in-sql.js';
import { execute, openApp, type TestApp } from '../support/open-app.js';
import { Dice } from './dice.js';
import type { Wire } from './hostile.js';

/** The sender of a request: a key with every scope, a key with two scopes, a signed-in user, or no credentials. */
export type Caller = 'full' | 'few' | 'person' | 'nobody';

/**
 * A request. Its `authorization` header names the caller in braces, e.g. `Bearer {person}`, so that the recording has no
 * secrets and can be sent to an app with other secrets.
 */
export interface Call {
  readonly who: Caller;
  readonly wire: Wire;
  /** The answer contains the access token that replaces `{person}` in later requests. */
  readonly isSignIn?: true;
}

/** The complete answer to a request. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends a request to an app. */
export type Exchange = (wire: Wire) => Promise<Answered>;

type Overrides = NonNullable<Parameters<typeof openApp>[1]>;

/** The clock advances by this much before each request. It is fast enough to refill the budget and to expire codes. */
const SECONDS_PER_REQUEST = 0.25;
/** The server writes `lastUsedAt` of a key at most once per interval, concurrently with a request. */
const KEY_USE_SECONDS = 60;
/** Turns of the event loop after which all background work of a request is done. */
const SETTLING_TURNS = 20;
/** The setting REQUEST_TIMEOUT_SECONDS, which tells its timer from those that delay refused sign-ins. */
const TIMEOUT_SECONDS = 10;

const SETTINGS = {
  SECRET_KEY: 'the secret key of a corpus of recorded answers',
  PUBLIC_URL: 'https://corpus.example',
  CORS_ORIGINS: 'https://app.example',
  // Slightly more than the cost of the most expensive operation, so that some operations are refused.
  RATE_LIMIT_POINTS: '12000',
  REQUEST_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS),
};

/**
 * Random bytes and numbers that are the same in each run. Each request has its own seed, so earlier requests do not
 * affect it.
 */
class SeededRandom {
  #dice = new Dice(0);

  begin(request: number): void {
    this.#dice = new Dice(Math.imul(request + 1, 0x85ebca6b));
  }

  bytes(size: number): Buffer {
    return Buffer.from(Array.from({ length: size }, () => this.#dice.below(256)));
  }

  below(limit: number): number {
    return this.#dice.below(limit);
  }
}

/** An app in this process without randomness: the same requests in the same order have the same answers. */
export class CorpusApp {
  readonly #test: TestApp & { close(): Promise<void> };
  readonly #random: SeededRandom;
  readonly #tokens: Map<string, string>;
  #sent = 0;

  private constructor(
    test: TestApp & { close(): Promise<void> },
    private readonly exchange: Exchange,
    random: SeededRandom,
    tokens: Map<string, string>,
    readonly environmentId: string,
    /** IDs of the keys. No request may use them, because revoking a key would make all later requests fail. */
    readonly keyIds: readonly string[],
  ) {
    this.#test = test;
    this.#random = random;
    this.#tokens = tokens;
  }

  /**
   * @param via returns what sends requests to an app. By default they do not pass a socket.
   * @param database where the data is. By default in a new file.
   */
  static async open(
    via: (test: TestApp) => Promise<Exchange> = async (test) => byFetch(test),
    database: { readonly DATABASE_URL?: string } = {},
  ): Promise<CorpusApp> {
    // Code that reads this clock to share the event loop or to time out would make answers depend on the machine.
    performance.now = () => 0;
    const random = new SeededRandom();
    const test = await openApp({ ...SETTINGS, ...database }, { random, startTimer });
    const full = await test.key();
    test.clock.advance(1);
    const few = await test.key('test', ['users:read', 'organizations:read']);
    const environment = await test.app.services.environments.setSignIn('test', true);
    if (!environment) throw new Error('Creating the keys creates the environment.');
    const tokens = new Map([
      ['{full}', full],
      ['{few}', few],
    ]);
    const keyIds = [await keyIdOf(test, full), await keyIdOf(test, few)];
    return new CorpusApp(test, await via(test), random, tokens, environment.id, keyIds);
  }

  /** The code in the newest mail, or six zeros when there is none. */
  get newestCode(): string {
    return /\d{6}/.exec(this.#test.mails.at(-1)?.text ?? '')?.[0] ?? '000000';
  }

  async send({ wire, isSignIn }: Call): Promise<Answered> {
    if (this.#sent % (KEY_USE_SECONDS / SECONDS_PER_REQUEST) === 0) await this.#useKeys();
    this.#test.clock.advance(SECONDS_PER_REQUEST);
    this.#random.begin(this.#sent++);
    // Only tests read the statements, and the list would grow without limit.
    this.#test.statements.length = 0;
    const answered = await this.#exchange(wire);
    if (isSignIn) this.#tokens.set('{person}', /"accessToken":"([^"]+)"/.exec(answered.body)?.[1] ?? '');
    await settle();
    return answered;
  }

  async close(): Promise<void> {
    await this.#test.close();
  }

  async #exchange({ method, path, headers, body }: Wire): Promise<Answered> {
    const { authorization, ...others } = headers;
    const given = authorization?.replace(/\{\w+\}/, (name) => this.#tokens.get(name) ?? name);
    return this.exchange({
      method,
      path,
      headers: given === undefined ? others : { ...others, authorization: given },
      body,
    });
  }

  /** Causes the writes of the last use of both keys now, so that none coincides with a request that reads it. */
  async #useKeys(): Promise<void> {
    for (const name of ['{full}', '{few}']) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${name}` };
      await this.#exchange({ method: 'POST', path: '/graphql', headers, body: '{"query":"{ __typename }"}' });
      await settle();
    }
    await this.#untilUseIsStored();
  }

  /** A write to PostgreSQL takes longer than some turns of the event loop. */
  async #untilUseIsStored(): Promise<void> {
    const now = this.#test.clock.now();
    const names = this.keyIds.map((id) => `'${id}'`).join();
    for (;;) {
      const [found] = await inSql(this.#test, (run) =>
        run<{ stored: number }>(
          `select count(*) as stored from api_keys where id in (${names}) and last_used_at = '${now}'`,
        ),
      );
      if (found?.stored === this.keyIds.length) return;
    }
  }
}

function byFetch({ app }: TestApp): Exchange {
  return async ({ method, path, headers, body }) => {
    // The constructor of Request accepts a body only for methods that have one.
    const init = body === null ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) };
    const response = await app.fetch(new Request(`http://localhost${path}`, { method, headers, ...init }));
    const text = await response.text();
    // HTTP drops the body of an answer to HEAD.
    const answer = { status: response.status, headers: Object.fromEntries(response.headers) };
    return { ...answer, body: method === 'HEAD' ? '' : text };
  };
}

/** Placeholders for values that stay random, because the system generates the key pair that signs tokens. */
const PLACEHOLDERS: readonly (readonly [RegExp, string])[] = [
  // The signature of a JWT. Its header and claims are kept.
  [/\b(eyJ[\w-]+\.eyJ[\w-]+)\.[\w-]+/g, '$1.<signature>'],
  // The public key in the key set.
  [/"x":"[\w-]{43}"/g, '"x":"<public key>"'],
];

/** Replaces the random values of an answer by placeholders. */
export function withoutRandomValues({ status, headers, body }: Answered): Answered {
  return { status, headers, body: PLACEHOLDERS.reduce((text, [what, name]) => text.replace(what, name), body) };
}

/** Delays refused sign-ins by one turn of the event loop only, and never times out a request. */
const startTimer: NonNullable<Overrides['startTimer']> = (ms, onEnd) => {
  if (ms === TIMEOUT_SECONDS * 1000) return () => {};
  const turn = setImmediate(onEnd);
  return () => clearImmediate(turn);
};

async function keyIdOf({ app }: TestApp, secret: string): Promise<string> {
  const { data } = await execute(app, secret, '{ viewer { apiKey { id } } }');
  return data.viewer.apiKey.id;
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLING_TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
}
