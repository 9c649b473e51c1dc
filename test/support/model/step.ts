import type fc from 'fast-check';
import { expect } from 'vitest';
import type { Mail } from '../../../src/mail/mailer.js';
import type { Execute, TestClock } from '../test-app.js';
import type { Model } from './model.js';
import { expectReads } from './reads.js';

/** The service, as a caller and the reader of its mails have it. */
export interface Real {
  readonly execute: Execute;
  readonly clock: TestClock;
  readonly mails: readonly Mail[];
  /** How many events the log had before the history began. */
  readonly earlierEvents: number;
  /** Mutations of all histories so far. */
  readonly performed: string[];
}

// biome-ignore lint/suspicious/noExplicitAny: a payload is as untyped as JSON is; wrong paths fail the comparison.
type Payload = any;

/** Sends a mutation of one input; answers its payload and the codes of its errors, sorted. */
export async function mutate(
  { execute }: Real,
  mutation: string,
  selection: string,
  input: object,
): Promise<{ payload: Payload; codes: string[] }> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`;
  const query = `mutation ($input: ${type}) {
    ${mutation}(input: $input) { ${selection} errors { ... on MutationError { code } } }
  }`;
  const { data, errors } = await execute(query, { input });
  expect(errors, `${mutation} ${JSON.stringify(input)}`).toBeUndefined();
  const payload = data[mutation];
  return { payload, codes: payload.errors.map(({ code }: { code: string }) => code).sort() };
}

/** One thing a caller does: what the model expects of it, and what the service makes of it. After it all reads agree. */
export class Step implements fc.AsyncCommand<Model, Real> {
  constructor(
    /** The mutation of the schema that is used; null for the passing of time. */
    readonly mutation: string | null,
    private readonly input: unknown,
    private readonly act: (model: Model, real: Real) => Promise<void>,
  ) {}

  check = () => true;

  async run(model: Model, real: Real): Promise<void> {
    model.events.push([]);
    await this.act(model, real);
    await expectReads(model, real);
    if (this.mutation !== null) real.performed.push(this.mutation);
  }

  toString = () => `${this.mutation ?? 'time'}(${JSON.stringify(this.input)})`;
}

/** The thing of this number, counted from the first again after the last; undefined for one that is not there. */
export function nth<T>(things: Iterable<T>, number: number): T | undefined {
  const all = [...things];
  return all[number % (all.length + 1)];
}

/** What an arbitrary draws. */
export type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never;
