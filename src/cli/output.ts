/** What a command tells: lines for people, or with `--json` one JSON object as the last line of standard output. */
export interface Output {
  say(line: string): void;
  /** The outcome for programs; called once, at the end. */
  result(value: object): void;
}

export function createOutput(options: { readonly json?: boolean }): Output {
  const { json = false } = options;
  return {
    // With --json lines for people go to standard error, so that the last line of the output is the object.
    say: (line) => (json ? process.stderr : process.stdout).write(`${line}\n`),
    result: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
  };
}

/** A mistake in how a command was called; shown as one line, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
