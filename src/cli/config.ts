import type { Command } from 'commander';
import type { Config } from '../config.js';
import { pathProblemOf } from '../db/unavailable.js';
import { placeProblems } from './listening.js';
import { action } from './options.js';
import type { Output } from './output.js';
import { placesOf } from './places.js';
import { configProblems, effectiveSettings, readConfig } from './settings.js';

/** `usergraph config`: looks at the settings without starting anything. */
export function registerConfig(program: Command): void {
  const config = program.command('config').description('the settings of this process');
  action(config.command('check').description('name everything that is wrong with the settings'), check);
  action(config.command('print').description('show the settings that count, without secrets'), print);
}

async function check(_options: object, output: Output): Promise<void> {
  const wrong = await configProblems();
  const problems = wrong.length === 0 ? await problemsAround(readConfig()) : wrong;
  for (const problem of problems) output.say(problem);
  if (problems.length === 0) output.say('The configuration is usable.');
  output.result({ ok: problems.length === 0, problems });
  if (problems.length > 0) process.exitCode = 1;
}

/** What is in the way of a server with these settings on this machine, in the words it would say it in itself. */
async function problemsAround(config: Config): Promise<readonly string[]> {
  const database = pathProblemOf(config.databaseFile);
  return [...(database === null ? [] : [database]), ...(await placeProblems(placesOf(config)))];
}

async function print(_options: object, output: Output): Promise<void> {
  const settings = effectiveSettings();
  for (const [name, value] of Object.entries(settings)) {
    output.say(value === undefined ? `# ${name} is not set` : `${name}=${String(value)}`);
  }
  output.result(settings);
}
