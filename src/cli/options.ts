import type { Command } from 'commander';
import { isEnvironmentName, MAX_ENVIRONMENT_NAME_LENGTH } from '../environments/environment.js';
import { createOutput, type Output, UsageError } from './output.js';

/** Completes a command that answers programs too: `--json`, and an action that is handed where to tell its outcome. */
export function action<Options extends object>(
  command: Command,
  run: (options: Options, output: Output) => Promise<void>,
): void {
  command
    .option('--json', 'print one JSON object as the last line')
    .action((options: Options & { json?: boolean }) => run(options, createOutput(options)));
}

/** The same for a command with one argument. */
export function actionOn<Options extends object>(
  command: Command,
  run: (argument: string, options: Options, output: Output) => Promise<void>,
): void {
  command
    .option('--json', 'print one JSON object as the last line')
    .action((argument: string, options: Options & { json?: boolean }) => run(argument, options, createOutput(options)));
}

/** Parses an option that names an environment. */
export function environmentName(text: string): string {
  if (isEnvironmentName(text)) return text;
  throw new UsageError(
    `The name of an environment has 1 to ${MAX_ENVIRONMENT_NAME_LENGTH} characters, none of them a control character.`,
  );
}
