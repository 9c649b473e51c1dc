import type { Command } from 'commander';
import type { Scope } from '../auth/scope.js';
import { action, environmentName, requireEnvironment, scopeList } from './options.js';
import { type Output, UsageError } from './output.js';
import { withApp } from './with-app.js';

/** `usergraph staff`: users who may sign in with scopes. */
export function registerStaff(program: Command): void {
  const staff = program.command('staff').description('users who may sign in with scopes, e.g. for an admin page');
  const grant = staff
    .command('grant')
    .description('let a user ask for scopes when they sign in, in the place of those before')
    .requiredOption('--environment <name>', 'which environment', environmentName)
    .requiredOption('--user <id>', 'id of the user')
    .requiredOption('--scopes <list>', 'what they may ask for, separated by commas', scopeList);
  action(grant, grantScopes);
  const list = staff
    .command('list')
    .description('show who may ask for what')
    .requiredOption('--environment <name>', 'which environment', environmentName);
  action(list, listGrants);
  const revoke = staff
    .command('revoke')
    .description('end a grant; sessions that have its scopes lose them at once')
    .requiredOption('--environment <name>', 'which environment', environmentName)
    .requiredOption('--user <id>', 'id of the user');
  action(revoke, revokeGrant);
}

async function grantScopes(
  { environment, user, scopes }: { environment: string; user: string; scopes: readonly Scope[] },
  output: Output,
): Promise<void> {
  const grant = await withApp(async (app) => {
    const { id } = await requireEnvironment(app, environment);
    return app.services.staff.grant(id, user, scopes);
  });
  if (!grant) throw new UsageError(`The environment '${environment}' has no user '${user}'.`);
  output.say(`${user} may ask for ${scopes.join(', ')}.`);
  output.result(grant);
}

async function listGrants({ environment }: { environment: string }, output: Output): Promise<void> {
  const grants = await withApp(async (app) => {
    const { id } = await requireEnvironment(app, environment);
    return app.services.staff.list(id);
  });
  for (const { userId, scopes, createdAt } of grants) output.say(`${userId}  ${scopes.join(',')}  ${createdAt}`);
  if (grants.length === 0) output.say('There is no staff.');
  output.result({ grants });
}

async function revokeGrant(
  { environment, user }: { environment: string; user: string },
  output: Output,
): Promise<void> {
  const revoked = await withApp(async (app) => {
    const { id } = await requireEnvironment(app, environment);
    return app.services.staff.revoke(id, user);
  });
  if (!revoked) throw new UsageError(`The user '${user}' of the environment '${environment}' has no grant.`);
  output.say(`${user} may ask for no scopes any more.`);
  output.result({ revoked: user });
}
