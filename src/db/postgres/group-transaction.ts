import type { Writable } from 'node:stream';
import type { ClientBase, QueryConfig, QueryResult } from 'pg';
import type { EnvironmentId } from '../../domain/ids.js';
import { type Batch, runBatch } from '../job.js';
import { PostgresConnection, type Sending } from './connection.js';
import { postgres } from './engine.js';
import { isConflict, isLost } from './unavailable.js';

/** The transaction of a group of units. */
export class GroupTransaction {
  /** Whether the commit was sent: while its answer is missing, nobody knows whether the transaction stands. */
  isCommitting = false;
  readonly #connection: PostgresConnection;

  /**
   * @param begin the statements that begin it
   * @param environmentId the environment whose units these are; it is locked. Null for several.
   */
  constructor(
    private readonly client: ClientBase,
    private readonly sending: Sending,
    private readonly begin: string,
    private readonly environmentId: EnvironmentId | null,
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
    if (!batch || others.length > 0) return this.#runInTurn(batches);
    const milliseconds = await this.#runOne(batch);
    if (milliseconds !== null || batch.length === 1) return milliseconds;
    return this.#runInTurn(apart(batch));
  }

  /** Runs what needs no savepoint. Returns null when the batch is refused: then nothing is written. */
  async #runOne(batch: Batch): Promise<number | null> {
    const { isAtOnce } = batch[0];
    this.isCommitting = isAtOnce;
    const { begun, written, ended } = inOneMessage(this.client, () => ({
      begun: this.#begin(),
      written: runBatch(postgres, this.#connection, batch),
      ended: isAtOnce ? this.#sendAhead('commit') : null,
    }));
    const outcome = await written;
    // Without a transaction everything fails, and the beginning tells why.
    await begun;
    if (outcome.stands) {
      this.isCommitting = true;
      return millisecondsOf(ended ?? this.#sendAhead('commit'));
    }
    if (isLost(outcome.error)) throw outcome.error;
    // A commit of what has failed is a rollback.
    await (ended ?? this.#sendAhead('rollback'));
    this.isCommitting = false;
    if (isConflict(outcome.error)) throw outcome.error;
    this.#connection.recovered();
    return null;
  }

  async #runInTurn(batches: readonly Batch[]): Promise<number> {
    const { begun, written } = inOneMessage(this.client, () => ({
      begun: this.#begin(),
      written: this.#runEach(batches, 'savepoint unit'),
    }));
    try {
      await written;
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

  /** Begins, and counts the transaction in the environment. */
  #begin(): Promise<unknown> {
    const begun = this.#sendAhead(this.begin);
    if (this.environmentId === null) return begun;
    const name = this.sending.prepares ? { name: 'usergraph_count' } : {};
    const counted = this.#sendAhead({ ...name, text: COUNT, values: [this.environmentId] });
    const both = Promise.all([begun, counted]);
    both.catch(() => {});
    return both;
  }

  /** Sends a statement, behind which others may be sent at once. Who needs to know that it has succeeded awaits it. */
  #sendAhead(statement: string | QueryConfig): Promise<QueryResult> {
    const sent = this.client.query(statement);
    sent.catch(() => {});
    return sent;
  }
}

/** Sends statements together. By itself, the driver writes each to the socket, and the server wakes up for each. */
function inOneMessage<T>(client: ClientBase, send: () => T): T {
  // The driver's types leave out its connection.
  const { connection } = client as unknown as { readonly connection: { readonly stream: Writable } };
  connection.stream.cork();
  try {
    return send();
  } finally {
    connection.stream.uncork();
  }
}

/** Units lock the row, so that those of one environment run one after another. */
const COUNT = `
  insert into environment_commits as c (environment_id, number) select id, 1 from environments where id = $1
  on conflict (environment_id) do update set number = c.number + 1`;

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
