import pg from 'pg';
import { PostgresConnection, type Sending } from './connection.js';
import { isLost, translated } from './unavailable.js';

/** Connections to one server, made when they are needed. */
export class Connections {
  readonly pool: pg.Pool;
  readonly #busy = new Set<pg.PoolClient>();

  constructor(
    config: pg.PoolConfig,
    private readonly sending: Sending,
  ) {
    this.pool = new pg.Pool(config);
    // A connection that ends is replaced when the next one is needed. Who uses it is told by the failure of the statement.
    this.pool.on('error', () => {});
    this.pool.on('connect', (client) => client.on('error', () => {}));
  }

  /** Runs statements on one connection. @throws {DatabaseTroubleError} when there is none; whatever `run` throws */
  async use<T>(run: (connection: PostgresConnection) => Promise<T>): Promise<T> {
    let client: pg.PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      throw translated(error);
    }
    this.#busy.add(client);
    try {
      const value = await run(new PostgresConnection(client, this.sending));
      client.release();
      return value;
    } catch (error) {
      client.release(isLost(error));
      throw error;
    } finally {
      this.#busy.delete(client);
    }
  }

  /** Ends the connections with a statement under way, which fails: their server does not answer. */
  abandon(): void {
    for (const client of this.#busy) void client.end();
  }
}
