import type { Command } from 'commander';
import type { Scope } from '../../auth/scope.js';
import { action, environmentName, requireEnvironment, scopeList } from '../terminal/options.js';
import { type Output, UsageError } from '../terminal/output.js';
import { withApp } from '../terminal/with-app.js';

/** `usergraph staff`: manages the scopes that users may request when they sign in. */
export function registerStaff(program: Command): void {
  const staff = program
    .command('staff')
    .description('manage users who may sign in with scopes, e.g. for an admin page');
  const grant = staff
    .command('grant')
    .description('allow a user to request scopes at sign-in; replaces earlier scopes')
    .requiredOption('--environment <name>', 'name of the environment', environmentName)
    .requiredOption('--user <id>', 'id of the user')
    .requiredOption('--scopes <list>', 'scopes that the user may request, separated by commas', scopeList);
  action(grant, grantScopes);
  const list = staff
    .command('list')
    .description('list the users and their scopes')
    .requiredOption('--environment <name>', 'name of the environment', environmentName);
  action(list, listGrants);
  const revoke = staff
    .command('revoke')
    .description('revoke a grant; sessions lose its scopes immediately')
    .requiredOption('--environment <name>', 'name of the environment', environmentName)
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
  output.say(`${user} may request ${scopes.join(', ')}.`);
  output.result(grant);
}

async function listGrants({ environment }: { environment: string }, output: Output): Promise<void> {
  const grants = await withApp(async (app) => {
    const { id } = await requireEnvironment(app, environment);
    return app.services.staff.list(id);
  });
  for (const { userId, scopes, createdAt } of grants) output.say(`${userId}  ${scopes.join(',')}  ${createdAt}`);
  if (grants.length === 0) output.say('No user has a grant.');
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
  output.say(`${user} may no longer request scopes.`);
  output.result({ revoked: user });
}
