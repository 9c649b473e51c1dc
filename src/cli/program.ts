import { Command } from 'commander';
import { VERSION } from '../runtime/version.js';
import { registerBackup } from './commands/backup.js';
import { registerConfig } from './commands/config.js';
import { registerCopy } from './commands/copy.js';
import { registerDemo } from './commands/demo.js';
import { registerDoctor } from './commands/doctor.js';
import { registerEnvironments } from './commands/environments.js';
import { registerEvents } from './commands/events.js';
import { registerIssuers } from './commands/issuers.js';
import { registerKeys } from './commands/keys.js';
import { registerMails } from './commands/mails.js';
import { registerMigrate } from './commands/migrate.js';
import { registerRestore } from './commands/restore.js';
import { registerSchema } from './commands/schema.js';
import { registerSeed } from './commands/seed.js';
import { registerServe } from './commands/serve.js';
import { registerSigningKeys } from './commands/signing-keys.js';
import { registerStaff } from './commands/staff.js';
import { registerUsers } from './commands/users.js';

/** Creates the command-line interface. The order of the calls is the order of `--help`. */
export function createProgram(): Command {
  const program = new Command('usergraph')
    .description(
      'A GraphQL gateway over the user-management domain. Settings come from the environment: see docs/configuration.md.',
    )
    .version(VERSION);
  registerServe(program);
  registerDemo(program);
  registerConfig(program);
  registerDoctor(program);
  registerSchema(program);
  registerMigrate(program);
  registerSeed(program);
  registerBackup(program);
  registerRestore(program);
  registerCopy(program);
  registerEnvironments(program);
  registerKeys(program);
  registerIssuers(program);
  registerSigningKeys(program);
  registerStaff(program);
  registerUsers(program);
  registerMails(program);
  registerEvents(program);
  return program;
}
