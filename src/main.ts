#!/usr/bin/env node
import { Command } from 'commander';
import { demo } from './cli/demo.js';
import { createKey, listKeys, revokeKey } from './cli/keys.js';
import { migrate } from './cli/migrate.js';
import { createOutput, UsageError } from './cli/output.js';
import { seed } from './cli/seed.js';
import { serve } from './cli/serve.js';
import { ConfigError } from './config.js';
import { DatabaseUnavailableError } from './db/database.js';
import { SchemaMismatchError } from './db/migrator.js';
import { VERSION } from './version.js';

/** What an operator can mend: told in one line, without a stack. */
const MENDABLE = [ConfigError, DatabaseUnavailableError, SchemaMismatchError, UsageError];

const program = new Command('usergraph')
  .description('A GraphQL gateway over the user-management domain. Settings come from the environment: see the README.')
  .version(VERSION);

program.command('serve').description('serve GraphQL until a signal stops it').action(serve);
program.command('demo').description('serve a database of made-up people, with a key to try it').action(demo);
program
  .command('migrate')
  .description('bring the database schema up to date')
  .option('--json', 'print one JSON object as the last line')
  .action((options) => migrate(createOutput(options)));
program
  .command('seed')
  .description('fill an environment with made-up people')
  .requiredOption('--environment <name>', 'which environment; made when it is new')
  .requiredOption('--users <number>', 'how many', Number)
  .option('--json', 'print one JSON object as the last line')
  .action((options) => seed(options, createOutput(options)));

const keys = program.command('keys').description('API keys');
keys
  .command('create')
  .description('make a key; its secret is shown this once')
  .requiredOption('--environment <name>', 'which environment; made when it is new')
  .requiredOption('--name <name>', 'what the key is for')
  .option('--scopes <list>', 'what it may do, separated by commas; without it everything')
  .option('--live', 'make a new environment a live one: its keys begin with sk_live_')
  .option('--json', 'print one JSON object as the last line')
  .action((options) => createKey(options, createOutput(options)));
keys
  .command('list')
  .description('show the keys of an environment')
  .requiredOption('--environment <name>', 'which environment')
  .option('--json', 'print one JSON object as the last line')
  .action((options) => listKeys(options, createOutput(options)));
keys
  .command('revoke')
  .description('end a key at once')
  .requiredOption('--environment <name>', 'which environment')
  .requiredOption('--id <id>', 'id of the key, as "keys list" shows it')
  .option('--json', 'print one JSON object as the last line')
  .action((options) => revokeKey(options, createOutput(options)));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = 1;
}

/** One line for what the operator can mend, the stack for what they cannot. */
function describe(error: unknown): string {
  if (MENDABLE.some((kind) => error instanceof kind) && error instanceof Error) return error.message;
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') return 'The port is taken: set PORT to another one.';
  if ('code' in error && error.code === 'SQLITE_CANTOPEN') return 'DATABASE_URL cannot be opened: is its folder there?';
  return error.stack ?? error.message;
}
