import { type Command, Option } from 'commander';
import type { App } from '../app.js';
import { isScope, SCOPES, type Scope } from '../auth/scope.js';
import type { Environment } from '../environments/environment.js';
import { isEnvironmentName, MAX_ENVIRONMENT_NAME_LENGTH } from '../environments/environment.js';
import { createOutput, type Output, UsageError } from './output.js';
import { exitOnSignal } from './stopping.js';

/**
 * Completes a command that answers programs too: `--json`, and an action that is handed where to tell its outcome. A
 * signal ends it at once.
 */
export function action<Options extends object>(
  command: Command,
  run: (options: Options, output: Output) => Promise<void>,
): void {
  command.option('--json', 'print one JSON object as the last line').action((options: Options & { json?: boolean }) => {
    exitOnSignal();
    return run(options, createOutput(options));
  });
}

/** The same for a command with one argument. */
export function actionOn<Options extends object>(
  command: Command,
  run: (argument: string, options: Options, output: Output) => Promise<void>,
): void {
  command
    .option('--json', 'print one JSON object as the last line')
    .action((argument: string, options: Options & { json?: boolean }) => {
      exitOnSignal();
      return run(argument, options, createOutput(options));
    });
}

/**
 * Another name of an option, which help does not show: a command goes on taking what it was called with before.
 *
 * @param of the attribute of the option whose name it is, e.g. `environment`
 */
export function alias(command: Command, flags: string, of: string, parse: (text: string) => unknown): void {
  const option = new Option(flags).hideHelp();
  command.addOption(option);
  command.on(`option:${option.name()}`, (text: string) => {
    command.setOptionValueWithSource(of, parse(text), 'cli');
  });
}

/** Parses an option that names an environment. */
export function environmentName(text: string): string {
  if (isEnvironmentName(text)) return text;
  throw new UsageError(
    `The name of an environment has 1 to ${MAX_ENVIRONMENT_NAME_LENGTH} characters, none of them a control character.`,
  );
}

/**
 * Parses an option whose text is kept. Node has put U+FFFD where bytes of an argument are no UTF-8, as those of a
 * terminal in another encoding: the text would be kept as another one than was meant.
 */
export function keptText(text: string): string {
  if (text.isWellFormed() && !text.includes('\ufffd')) return text;
  throw new UsageError(`'${text.toWellFormed()}' is not UTF-8: call the command from a terminal or file in UTF-8.`);
}

/** Parses a list of scopes, separated by commas. */
export function scopeList(text: string): Scope[] {
  const names = text.split(',').map((name) => name.trim());
  const scopes = names.filter(isScope);
  if (scopes.length === names.length) return scopes;
  const unknown = names.filter((name) => !isScope(name)).join(', ');
  throw new UsageError(`Unknown scope: ${unknown}. There are ${Object.keys(SCOPES).join(', ')}.`);
}

/** @throws {UsageError} when there is no environment of this name */
export async function requireEnvironment({ services, db }: App, name: string): Promise<Environment> {
  const environment = await services.environments.findByName(db.reader, name);
  if (!environment) throw new UsageError(`There is no environment '${name}'.`);
  return environment;
}
