import type { Command } from 'commander';
import { ALL_SCOPES, type GrantedScopes, scopeNames } from '../../auth/scope.js';
import { isId } from '../../domain/ids.js';
import type { EnvironmentKind } from '../../environments/environment.js';
import { MAX_GRACE_SECONDS, parseDuration } from '../terminal/duration.js';
import { action, environmentName, scopeList, utf8Text } from '../terminal/options.js';
import { type Output, UsageError } from '../terminal/output.js';
import { withApp } from '../terminal/with-app.js';

/** `usergraph keys`: manages API keys. */
export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('manage API keys');
  const create = keys
    .command('create')
    .description('create a key and print its secret, which is shown only once')
    .requiredOption('--environment <name>', 'name of the environment; created if it does not exist', environmentName)
    .requiredOption('--name <name>', 'purpose of the key', utf8Text)
    .option('--scopes <list>', 'scopes of the key, separated by commas (default: all)')
    .option('--live', 'if the environment is created, make it a live one: its keys start with sk_live_');
  action(create, createKey);
  const list = keys
    .command('list')
    .description('list the keys of an environment')
    .requiredOption('--environment <name>', 'name of the environment', environmentName);
  action(list, listKeys);
  const revoke = keys
    .command('revoke')
    .description('revoke a key, effective immediately')
    .requiredOption('--environment <name>', 'name of the environment', environmentName)
    .requiredOption('--id <id>', 'id of the key, from "keys list"');
  action(revoke, revokeKey);
  const rotate = keys
    .command('rotate')
    .description('create a key that replaces another, which remains valid for a while')
    .requiredOption('--environment <name>', 'name of the environment', environmentName)
    .requiredOption('--id <id>', 'id of the key to replace, from "keys list"')
    .option('--grace <duration>', 'how long the old key keeps working: 30s, 15m, 24h, 7d', '24h');
  action(rotate, rotateKey);
}

/** Creates a key, and its environment when it does not exist. */
async function createKey(
  options: { environment: string; name: string; scopes?: string; live?: boolean },
  output: Output,
): Promise<void> {
  const scopes = parseScopes(options.scopes);
  const kind: EnvironmentKind = options.live ? 'live' : 'test';
  const { environment, name } = options;
  if (name.trim() === '') throw new UsageError('--name must not be empty.');
  const { apiKey, secret } = await withApp(async (app) => {
    const existing = await app.services.environments.findByName(app.db.reader, environment);
    if (!existing) utf8Text(environment);
    if (options.live && existing?.kind === 'test') {
      throw new UsageError(
        `The environment '${environment}' is a test environment, which cannot become live: omit --live.`,
      );
    }
    return app.services.apiKeys.create({ environment, kind, name, scopes });
  });
  output.say(`Key '${name}' for the environment '${environment}' (shown only once):\n\n  ${secret}\n`);
  const { id, environmentId, createdAt } = apiKey;
  output.result({ id, name, environment, environmentId, scopes: scopeNames(apiKey.scopes), createdAt, secret });
}

/** The keys of an environment, without their secrets. */
async function listKeys(options: { environment: string }, output: Output): Promise<void> {
  const keys = await withApp((app) => app.services.apiKeys.list(options.environment));
  if (keys === null) throw new UsageError(`No environment is named '${options.environment}'.`);
  for (const key of keys) {
    const state = key.revokedAt === null ? until(key.expiresAt) : `revoked ${key.revokedAt}`;
    output.say(`${key.id}  ${key.hint}  ${key.name}  ${scopeNames(key.scopes).join(',')}  ${state}`);
  }
  if (keys.length === 0) output.say('The environment has no keys.');
  output.result({ keys: keys.map((key) => ({ ...key, scopes: scopeNames(key.scopes) })) });
}

/** Revokes a key. */
async function revokeKey(options: { environment: string; id: string }, output: Output): Promise<void> {
  const { environment, id } = options;
  if (!isId('api_key', id))
    throw new UsageError(`'${id}' is not the id of an API key (api_key_…): "keys list" shows the ids.`);
  const revoked = await withApp((app) => app.services.apiKeys.revoke(environment, id));
  if (!revoked) throw new UsageError(`The environment '${environment}' has no active key '${id}'.`);
  output.say(`Revoked ${id}.`);
  output.result({ revoked: id });
}

/** Creates a key that replaces another one, and prints its secret. */
async function rotateKey(options: { environment: string; id: string; grace: string }, output: Output): Promise<void> {
  const { environment, id } = options;
  if (!isId('api_key', id))
    throw new UsageError(`'${id}' is not the id of an API key (api_key_…): "keys list" shows the ids.`);
  const grace = parseDuration('--grace', options.grace, MAX_GRACE_SECONDS);
  const rotated = await withApp((app) => app.services.apiKeys.rotate(environment, id, grace));
  if (!rotated) throw new UsageError(`The environment '${environment}' has no active key '${id}' to replace.`);
  const { apiKey, secret, replacedUntil } = rotated;
  output.say(`Key '${apiKey.name}' for the environment '${environment}' (shown only once):\n\n  ${secret}\n`);
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
