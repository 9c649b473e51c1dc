import { ConfigError } from '../domain/operator-error.js';
import { readSecretFile } from '../secrets/secret-file.js';
import { dangersOf } from './dangers.js';
import { withoutPasswords } from './database-url.js';
import type { Setting } from './setting.js';
import { declarations, fileVariable, type Settings } from './settings.js';

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads every setting.
 *
 * @throws {ConfigError} naming each wrong setting, its value and what is wanted
 */
export function readSettings(environment: Environment): Settings {
  const problems = new Map<string, string>();
  const entries = Object.entries(declarations).flatMap(([name, setting]) => {
    const read = readSetting(environment, name, setting);
    if (!(read instanceof Error)) return [[name, read.value]];
    problems.set(name, read.message);
    return [];
  });
  const settings = Object.fromEntries(entries) as Partial<Settings>; // each name with the value of its own setting
  for (const [name, danger] of dangersOf(settings)) if (!problems.has(name)) problems.set(name, danger);
  if (problems.size > 0) throw new ConfigError([...problems.values()]);
  return settings as Settings; // a missing one would be a problem
}

/** The value of one setting; an error says what is wrong with it. */
function readSetting(
  environment: Environment,
  name: string,
  { isSecret, wanted, read }: Setting<unknown>,
): { readonly value: unknown } | Error {
  const text = textFor(environment, name, isSecret);
  if (text instanceof Error) return text;
  const reading = read(text);
  if (reading) return reading;
  const given = text === undefined ? 'not set' : isSecret ? 'set, not shown' : JSON.stringify(withoutPasswords(text));
  return new Error(`${name} is ${given}; wanted: ${wanted}.`);
}

/** The text of a setting, from its variable or, for a secret, from a file. */
function textFor(environment: Environment, name: string, isSecret: boolean): string | undefined | Error {
  const own = plainValue(name, environment[name]);
  if (!isSecret) return own;
  const variable = fileVariable(name);
  const file = plainValue(variable, environment[variable]);
  if (file === undefined || file instanceof Error) return file ?? own;
  if (own !== undefined) return new Error(`${variable} is set, and so is ${name}; wanted: one of them.`);
  try {
    return plainValue(name, readSecretFile(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return new Error(`${variable} is ${JSON.stringify(file)}, and ${reason}; wanted: a file that holds ${name}.`);
  }
}

/**
 * A text without the white space around it; undefined when nothing is left. A file of settings written on Windows
 * leaves a carriage return at the end of each value, and some readers of such files keep quotes that others remove.
 */
function plainValue(name: string, given: string | undefined): string | undefined | Error {
  const value = given?.trim();
  if (value === undefined || value === '') return undefined;
  if (/\p{Cc}/u.test(value)) return new Error(`${name} has a control character, e.g. a line break: remove it.`);
  if (/^(["']).*\1$/.test(value))
    return new Error(`${name} stands in quotes, which would be part of the value: remove them.`);
  return value;
}
