import type { Command } from 'commander';
import { action } from './options.js';
import type { Output } from './output.js';
import { configProblems, effectiveSettings } from './settings.js';

/** `usergraph config`: looks at the settings without starting anything. */
export function registerConfig(program: Command): void {
  const config = program.command('config').description('the settings of this process');
  action(config.command('check').description('name everything that is wrong with the settings'), check);
  action(config.command('print').description('show the settings that count, without secrets'), print);
}

async function check(_options: object, output: Output): Promise<void> {
  const problems = await configProblems();
  for (const problem of problems) output.say(problem);
  if (problems.length === 0) output.say('The configuration is usable.');
  output.result({ ok: problems.length === 0, problems });
  if (problems.length > 0) process.exitCode = 1;
}

async function print(_options: object, output: Output): Promise<void> {
  const settings = effectiveSettings();
  for (const [name, value] of Object.entries(settings)) {
    output.say(value === undefined ? `# ${name} is not set` : `${name}=${String(value)}`);
  }
  output.result(settings);
}
