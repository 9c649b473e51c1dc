import { type Command, Option } from 'commander';
import type { App } from '../../app.js';
import { isScope, SCOPES, type Scope } from '../../auth/scope.js';
import type { Environment } from '../../environments/environment.js';
import { isEnvironmentName, MAX_ENVIRONMENT_NAME_LENGTH } from '../../environments/environment.js';
import { exitOnSignal } from '../server/stopping.js';
import { createOutput, type Output, UsageError } from './output.js';

/**
 * Adds the option `--json` and the action to a command. The action receives the options and an `Output`. A signal ends
 * the process at once.
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

/** Like `action`, for a command with one argument. */
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
 * Adds a former name of an option, so that existing scripts keep working. It is hidden from the help.
 *
 * @param of attribute of the option, e.g. `environment`
 */
export function alias(command: Command, flags: string, of: string, parse: (text: string) => unknown): void {
  const option = new Option(flags).hideHelp();
  command.addOption(option);
  command.on(`option:${option.name()}`, (text: string) => {
    command.setOptionValueWithSource(of, parse(text), 'cli');
  });
}

/**
 * Parses the name of an environment.
 *
 * @throws {UsageError} when the name is not valid
 */
export function environmentName(text: string): string {
  if (isEnvironmentName(text)) return text;
  throw new UsageError(
    `The name of an environment must have 1 to ${MAX_ENVIRONMENT_NAME_LENGTH} characters and no control characters.`,
  );
}

/**
 * Checks a text that is stored. Node replaces bytes that are not UTF-8, e.g. from a terminal in another encoding, by
 * U+FFFD, and the original text is lost.
 *
 * @throws {UsageError} when the text contains U+FFFD or a lone surrogate
 */
export function utf8Text(text: string): string {
  if (text.isWellFormed() && !text.includes('\ufffd')) return text;
  throw new UsageError(
    `'${text.toWellFormed()}' is not valid UTF-8: run the command from a terminal or script in UTF-8.`,
  );
}

/**
 * Parses a comma-separated list of scopes.
 *
 * @throws {UsageError} when a scope is unknown
 */
export function scopeList(text: string): Scope[] {
  const names = text.split(',').map((name) => name.trim());
  const scopes = names.filter(isScope);
  if (scopes.length === names.length) return scopes;
  const unknown = names.filter((name) => !isScope(name)).join(', ');
  throw new UsageError(`Unknown scope: ${unknown}. The scopes are ${Object.keys(SCOPES).join(', ')}.`);
}

/** @throws {UsageError} when no environment has this name */
export async function requireEnvironment({ services, db }: App, name: string): Promise<Environment> {
  const environment = await services.environments.findByName(db.reader, name);
  if (!environment) throw new UsageError(`No environment is named '${name}'.`);
  return environment;
}
