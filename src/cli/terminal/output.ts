import { OperatorError } from '../../domain/operator-error.js';
/** Output of a command: text for people and, with `--json`, one JSON object as the last line of standard output. */
export interface Output {
  say(line: string): void;
  /** Writes the JSON object. Called once, at the end. */
  result(value: object): void;
}

export function createOutput(options: { readonly json?: boolean }): Output {
  const { json = false } = options;
  return {
    // With --json, text goes to standard error, so that the last line of standard output is the object.
    say: (line) => (json ? process.stderr : process.stdout).write(`${line}\n`),
    result: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
  };
}

/** A command was called incorrectly. The message is printed without a stack. */
export class UsageError extends OperatorError {
  override readonly name = 'UsageError';
}
