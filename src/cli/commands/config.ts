import type { Command } from 'commander';
import type { Config } from '../../config/config.js';
import { pathProblemOf } from '../../db/sqlite/unavailable.js';
import { addressProblems } from '../server/listening.js';
import { listenAddressesOf } from '../server/places.js';
import { action } from '../terminal/options.js';
import type { Output } from '../terminal/output.js';
import { configProblems, effectiveSettings, readConfig } from '../terminal/settings.js';

/** `usergraph config`: checks and prints the settings without starting a server. */
export function registerConfig(program: Command): void {
  const config = program.command('config').description('inspect the settings');
  action(config.command('check').description('check the settings and list everything that is wrong with them'), check);
  action(config.command('print').description('print the effective settings, without secrets'), print);
}

async function check(_options: object, output: Output): Promise<void> {
  const wrong = await configProblems();
  const problems = wrong.length === 0 ? await startupProblems(readConfig()) : wrong;
  for (const problem of problems) output.say(problem);
  if (problems.length === 0) output.say('The configuration is valid.');
  output.result({ ok: problems.length === 0, problems });
  if (problems.length > 0) process.exitCode = 1;
}

/** Problems that would keep a server with these settings from starting on this machine, worded as the server reports them. */
async function startupProblems(config: Config): Promise<readonly string[]> {
  const { database: where } = config;
  const database = where.engine === 'sqlite' ? pathProblemOf(where.file) : null;
  return [...(database === null ? [] : [database]), ...(await addressProblems(listenAddressesOf(config)))];
}

async function print(_options: object, output: Output): Promise<void> {
  const settings = effectiveSettings();
  for (const [name, value] of Object.entries(settings)) {
    output.say(value === undefined ? `# ${name} is not set` : `${name}=${String(value)}`);
  }
  output.result(settings);
}
