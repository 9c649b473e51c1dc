import pg, { type ClientConfig } from 'pg';

const CHANNEL = 'usergraph';
/** How long after a commit the others are told; what is committed meanwhile is told with it. */
const TELL_MS = 5;
/** The shortest time from one notification to the next. Each wakes all gateways. */
const BETWEEN_MS = 50;
/** How often waiters look without being told, while notifications arrive, and while they cannot. */
const QUIET_MS = 1_000;
const BLIND_MS = 100;
/** How long a new connection is waited for after one was lost. */
const RECONNECT_MS = 1_000;

/**
 * Tells the gateways of a database that something was committed. It only wakes: a notification that is lost delays a
 * reader by a second, and what was committed is always read from the tables.
 */
export class Notifications {
  #signal = 0;
  #client: pg.Client | null = null;
  #isClosed = false;
  #told: NodeJS.Timeout | undefined;
  #reconnect: NodeJS.Timeout | undefined;
  #lookedAt = performance.now();
  #toldAt = Number.NEGATIVE_INFINITY;

  /**
   * @param config where to listen; null when a pooler is in between, which forgets who listens
   * @param tell sends a statement
   */
  constructor(
    private readonly config: ClientConfig | null,
    private readonly tell: (sql: string) => Promise<unknown>,
  ) {
    void this.#listen();
  }

  /** A number that changes soon after a commit of any gateway. It also changes without one. */
  signal(): number {
    const now = performance.now();
    if (now - this.#lookedAt > (this.#client ? QUIET_MS : BLIND_MS)) this.#changed();
    return this.#signal;
  }

  /** Tells that this gateway has committed. */
  committed(): void {
    this.#changed();
    if (this.config === null) return;
    if (this.#told) return;
    const tell = () => {
      this.#told = undefined;
      this.#toldAt = performance.now();
      // Readers look by themselves within a second.
      if (!this.#isClosed) this.tell(`notify ${CHANNEL}`).catch(() => {});
    };
    this.#told = setTimeout(tell, Math.max(TELL_MS, this.#toldAt + BETWEEN_MS - performance.now()));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#told);
    clearTimeout(this.#reconnect);
    await this.#client?.end().catch(() => {});
  }

  #changed(): void {
    this.#signal++;
    this.#lookedAt = performance.now();
  }

  async #listen(): Promise<void> {
    if (this.config === null || this.#isClosed) return;
    const client = new pg.Client(this.config);
    const lose = () => {
      if (this.#client === client) this.#client = null;
      client.removeAllListeners('notification');
      if (this.#isClosed || this.#reconnect) return;
      this.#reconnect = setTimeout(() => {
        this.#reconnect = undefined;
        void this.#listen();
      }, RECONNECT_MS);
      this.#reconnect.unref();
    };
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', () => this.#changed());
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      if (this.#isClosed) await client.end();
      else this.#client = client;
    } catch {
      lose();
      // It can be connected to a server that refuses to listen, as replicas do.
      await client.end().catch(() => {});
    }
  }
}
