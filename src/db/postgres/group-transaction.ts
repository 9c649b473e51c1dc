import type { ClientBase, QueryResult } from 'pg';
import { type Batch, runBatch } from '../job.js';
import { PostgresConnection, type Sending } from './connection.js';
import { postgres } from './engine.js';
import { isConflict, isLost } from './unavailable.js';

/** The transaction of a group of units. */
export class GroupTransaction {
  /** Whether the commit was sent: while its answer is missing, nobody knows whether the transaction stands. */
  isCommitting = false;
  readonly #connection: PostgresConnection;

  /** @param begin the statements that begin it */
  constructor(
    private readonly client: ClientBase,
    sending: Sending,
    private readonly begin: string,
  ) {
    this.#connection = new PostgresConnection(client, sending);
  }

  /**
   * Runs the batches and commits. A unit that fails leaves nothing behind. Returns the milliseconds of the commit; null when
   * there was nothing to commit.
   *
   * @throws when the transaction is lost
   */
  async run(batches: readonly Batch[]): Promise<number | null> {
    const [batch, ...others] = batches;
    if (!batch?.[0].isAtOnce || others.length > 0) return this.#runInTurn(batches);
    const milliseconds = await this.#runAtOnce(batch);
    if (milliseconds !== null || batch.length === 1) return milliseconds;
    return this.#runInTurn(apart(batch));
  }

  /** Sends everything, with the commit, in one message. Returns null when the batch is refused: then nothing is written. */
  async #runAtOnce(batch: Batch): Promise<number | null> {
    const begun = this.#sendAhead(this.begin);
    const written = runBatch(postgres, this.#connection, batch);
    this.isCommitting = true;
    const committed = this.#sendAhead('commit');
    const outcome = await written;
    // Without a transaction everything fails, and the beginning tells why.
    await begun;
    if (outcome.stands) return millisecondsOf(committed);
    if (isLost(outcome.error)) throw outcome.error;
    await committed;
    this.isCommitting = false;
    if (isConflict(outcome.error)) throw outcome.error;
    this.#connection.recovered();
    return null;
  }

  async #runInTurn(batches: readonly Batch[]): Promise<number> {
    const begun = this.#sendAhead(this.begin);
    try {
      await this.#runEach(batches, 'savepoint unit');
    } catch (error) {
      await begun;
      throw error;
    }
    this.isCommitting = true;
    return millisecondsOf(this.#sendAhead('commit'));
  }

  async #runEach(batches: readonly Batch[], first: string): Promise<void> {
    for (const [index, batch] of batches.entries()) {
      const entered = this.#sendAhead(index === 0 ? first : NEXT);
      const outcome = await runBatch(postgres, this.#connection, batch);
      if (outcome.stands) {
        await entered;
        continue;
      }
      if (isLost(outcome.error) || isConflict(outcome.error)) throw outcome.error;
      await this.client.query('rollback to unit');
      this.#connection.recovered();
      if (batch.length > 1) await this.#runEach(apart(batch), NEXT);
    }
  }

  /** Sends a statement, behind which others may be sent at once. Who needs to know that it has succeeded awaits it. */
  #sendAhead(text: string): Promise<QueryResult> {
    const sent = this.client.query(text);
    sent.catch(() => {});
    return sent;
  }
}

const NEXT = 'release unit; savepoint unit';

/** Of several that are refused together, one is at fault, and the others are not. */
function apart(batch: Batch): readonly Batch[] {
  return batch.map((job) => [job]);
}

async function millisecondsOf(committed: Promise<QueryResult>): Promise<number> {
  const startedAt = performance.now();
  const { command } = await committed;
  // Where a statement has failed and the unit has gone on, the server rolls back, and calls it a success.
  if (command !== 'COMMIT') throw new Error('A unit went on after a statement had failed, so nothing was written.');
  return performance.now() - startedAt;
}
