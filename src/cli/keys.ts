import type { Command } from 'commander';
import { ALL_SCOPES, type GrantedScopes, scopeNames } from '../auth/scope.js';
import type { EnvironmentKind } from '../environments/environment.js';
import { isId } from '../ids.js';
import { MAX_GRACE_SECONDS, parseDuration } from './duration.js';
import { action, environmentName, keptText, scopeList } from './options.js';
import { type Output, UsageError } from './output.js';
import { withApp } from './with-app.js';

/** `usergraph keys`: API keys. */
export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('API keys');
  const create = keys
    .command('create')
    .description('make a key; its secret is shown this once')
    .requiredOption('--environment <name>', 'which environment; made when it is new', environmentName)
    .requiredOption('--name <name>', 'what the key is for', keptText)
    .option('--scopes <list>', 'what it may do, separated by commas; without it everything')
    .option('--live', 'make a new environment a live one: its keys begin with sk_live_');
  action(create, createKey);
  const list = keys
    .command('list')
    .description('show the keys of an environment')
    .requiredOption('--environment <name>', 'which environment', environmentName);
  action(list, listKeys);
  const revoke = keys
    .command('revoke')
    .description('end a key at once')
    .requiredOption('--environment <name>', 'which environment', environmentName)
    .requiredOption('--id <id>', 'id of the key, as "keys list" shows it');
  action(revoke, revokeKey);
  const rotate = keys
    .command('rotate')
    .description('make a key that takes over from another, which works on for a while')
    .requiredOption('--environment <name>', 'which environment', environmentName)
    .requiredOption('--id <id>', 'id of the key to replace, as "keys list" shows it')
    .option('--grace <duration>', 'how long the replaced key works on: 30s, 15m, 24h, 7d', '24h');
  action(rotate, rotateKey);
}

/** Makes a key, and its environment when it is new. */
async function createKey(
  options: { environment: string; name: string; scopes?: string; live?: boolean },
  output: Output,
): Promise<void> {
  const scopes = parseScopes(options.scopes);
  const kind: EnvironmentKind = options.live ? 'live' : 'test';
  const { environment, name } = options;
  if (name.trim() === '') throw new UsageError('--name is not empty.');
  const { apiKey, secret } = await withApp(async (app) => {
    const existing = await app.services.environments.findByName(app.db.reader, environment);
    if (!existing) keptText(environment);
    if (options.live && existing?.kind === 'test') {
      throw new UsageError(`The environment '${environment}' is a test one and stays so: leave --live out.`);
    }
    return app.services.apiKeys.create({ environment, kind, name, scopes });
  });
  output.say(`Key '${name}' for the environment '${environment}' (shown this once):\n\n  ${secret}\n`);
  const { id, environmentId, createdAt } = apiKey;
  output.result({ id, name, environment, environmentId, scopes: scopeNames(apiKey.scopes), createdAt, secret });
}

/** The keys of an environment, without their secrets. */
async function listKeys(options: { environment: string }, output: Output): Promise<void> {
  const keys = await withApp((app) => app.services.apiKeys.list(options.environment));
  if (keys === null) throw new UsageError(`There is no environment '${options.environment}'.`);
  for (const key of keys) {
    const state = key.revokedAt === null ? until(key.expiresAt) : `revoked ${key.revokedAt}`;
    output.say(`${key.id}  ${key.hint}  ${key.name}  ${scopeNames(key.scopes).join(',')}  ${state}`);
  }
  if (keys.length === 0) output.say('There are no keys.');
  output.result({ keys: keys.map((key) => ({ ...key, scopes: scopeNames(key.scopes) })) });
}

/** Ends a key at once. */
async function revokeKey(options: { environment: string; id: string }, output: Output): Promise<void> {
  const { environment, id } = options;
  if (!isId('api_key', id)) throw new UsageError(`'${id}' is no key id: "keys list" shows them (api_key_…).`);
  const revoked = await withApp((app) => app.services.apiKeys.revoke(environment, id));
  if (!revoked) throw new UsageError(`The environment '${environment}' has no active key '${id}'.`);
  output.say(`Revoked ${id}.`);
  output.result({ revoked: id });
}

/** Makes a key that takes over from another. The secret is shown this once. */
async function rotateKey(options: { environment: string; id: string; grace: string }, output: Output): Promise<void> {
  const { environment, id } = options;
  if (!isId('api_key', id)) throw new UsageError(`'${id}' is no key id: "keys list" shows them (api_key_…).`);
  const grace = parseDuration('--grace', options.grace, MAX_GRACE_SECONDS);
  const rotated = await withApp((app) => app.services.apiKeys.rotate(environment, id, grace));
  if (!rotated) throw new UsageError(`The environment '${environment}' has no active key '${id}' to replace.`);
  const { apiKey, secret, replacedUntil } = rotated;
  output.say(`Key '${apiKey.name}' for the environment '${environment}' (shown this once):\n\n  ${secret}\n`);
  output.say(`${id} works until ${replacedUntil}.`);
  const { name, environmentId, createdAt, expiresAt } = apiKey;
  const scopes = scopeNames(apiKey.scopes);
  const made = { id: apiKey.id, name, environment, environmentId, scopes, createdAt, expiresAt, secret };
  output.result({ ...made, replaced: { id, expiresAt: replacedUntil } });
}

function parseScopes(text: string | undefined): GrantedScopes {
  return text === undefined ? ALL_SCOPES : scopeList(text);
}

function until(expiresAt: string | null): string {
  return expiresAt === null ? 'active' : `until ${expiresAt}`;
}
