import { type Command, Option } from 'commander';
import type { Environment } from '../../environments/environment.js';
import { MAX_ENVIRONMENT_PAGE } from '../../environments/environment.service.js';
import { action, alias, environmentName, utf8Text } from '../terminal/options.js';
import { type Output, UsageError } from '../terminal/output.js';
import { withApp } from '../terminal/with-app.js';

/** `usergraph environments`: manages the environments, which are the isolated tenants of the database. */
export function registerEnvironments(program: Command): void {
  const environments = program
    .command('environments')
    .description('manage environments; each has its own data and keys');
  const create = environments
    .command('create')
    .description('create an environment')
    .requiredOption('--name <name>', 'name of the environment', environmentName)
    .option('--live', 'a live environment: its API keys start with sk_live_')
    .option('--test', 'a test environment: its API keys start with sk_test_ (default)');
  alias(create, '--environment <name>', 'name', environmentName);
  action(create, createEnvironment);
  const signIn = environments
    .command('sign-in')
    .description('allow or forbid users of an environment to sign in with a password')
    .requiredOption('--environment <name>', 'name of the environment', environmentName)
    .addOption(
      new Option('--allow <answer>', 'whether users may sign in').choices(['yes', 'no']).makeOptionMandatory(),
    );
  // Earlier versions named this option --name.
  alias(signIn, '--name <name>', 'environment', environmentName);
  action(signIn, setSignIn);
  action(environments.command('list').description('list the environments'), listEnvironments);
}

async function createEnvironment(
  options: { name: string; live?: boolean; test?: boolean },
  output: Output,
): Promise<void> {
  const { name, live = false, test = false } = options;
  if (live && test) throw new UsageError('Use either --live or --test, not both.');
  const kept = utf8Text(name);
  const made = await withApp((app) => app.services.environments.create(kept, live ? 'live' : 'test'));
  if (!made) throw new UsageError(`An environment named '${name}' already exists.`);
  output.say(`Created the ${made.kind} environment '${name}': ${made.id}.`);
  output.result(made);
}

async function setSignIn(
  { environment: name, allow }: { environment: string; allow: string },
  output: Output,
): Promise<void> {
  const environment = await withApp((app) => app.services.environments.setSignIn(name, allow === 'yes'));
  if (!environment) throw new UsageError(`No environment is named '${name}'.`);
  const what = environment.signIn ? 'can now sign in' : 'can no longer sign in';
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
    output.say(`${id}  ${kind}  ${createdAt}  ${name}${signIn ? '  (sign-in allowed)' : ''}`);
  }
  if (all.length === 0) output.say('No environments exist.');
  output.result({ environments: all });
}
