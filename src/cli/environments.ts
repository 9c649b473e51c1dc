import { type Command, Option } from 'commander';
import type { Environment } from '../environments/environment.js';
import { MAX_ENVIRONMENT_PAGE } from '../environments/environment.service.js';
import { action, alias, environmentName, keptText } from './options.js';
import { type Output, UsageError } from './output.js';
import { withApp } from './with-app.js';

/** `usergraph environments`: the separate data sets of this database. */
export function registerEnvironments(program: Command): void {
  const environments = program.command('environments').description('environments, each with data and keys of its own');
  const create = environments
    .command('create')
    .description('make an environment')
    .requiredOption('--name <name>', 'what it is called', environmentName)
    .option('--live', 'its keys begin with sk_live_')
    .option('--test', 'its keys begin with sk_test_; so without either');
  alias(create, '--environment <name>', 'name', environmentName);
  action(create, createEnvironment);
  const signIn = environments
    .command('sign-in')
    .description('let users of an environment sign in with their password, or no longer')
    .requiredOption('--environment <name>', 'which environment', environmentName)
    .addOption(new Option('--allow <answer>', 'whether they may').choices(['yes', 'no']).makeOptionMandatory());
  // What it was called before every command had the same.
  alias(signIn, '--name <name>', 'environment', environmentName);
  action(signIn, setSignIn);
  action(environments.command('list').description('show the environments'), listEnvironments);
}

async function createEnvironment(
  options: { name: string; live?: boolean; test?: boolean },
  output: Output,
): Promise<void> {
  const { name, live = false, test = false } = options;
  if (live && test) throw new UsageError('An environment is --live or --test, not both.');
  const kept = keptText(name);
  const made = await withApp((app) => app.services.environments.create(kept, live ? 'live' : 'test'));
  if (!made) throw new UsageError(`There is an environment '${name}' already.`);
  output.say(`Made the ${made.kind} environment '${name}': ${made.id}.`);
  output.result(made);
}

async function setSignIn(
  { environment: name, allow }: { environment: string; allow: string },
  output: Output,
): Promise<void> {
  const environment = await withApp((app) => app.services.environments.setSignIn(name, allow === 'yes'));
  if (!environment) throw new UsageError(`There is no environment '${name}'.`);
  const what = environment.signIn ? 'sign in' : 'no longer sign in';
  output.say(`Users of the environment '${name}' ${what} with their password. Its id is ${environment.id}.`);
  output.result(environment);
}

async function listEnvironments(_options: object, output: Output): Promise<void> {
  const all: Environment[] = [];
  await withApp(async ({ services }) => {
    let page: Environment[];
    do {
      page = await services.environments.page(all.at(-1)?.name ?? '');
      all.push(...page);
    } while (page.length === MAX_ENVIRONMENT_PAGE);
  });
  for (const { id, name, kind, createdAt, signIn } of all) {
    output.say(`${id}  ${kind}  ${createdAt}  ${name}${signIn ? '  (users sign in)' : ''}`);
  }
  if (all.length === 0) output.say('There are no environments.');
  output.result({ environments: all });
}
