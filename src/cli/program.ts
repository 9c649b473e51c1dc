import { Command } from 'commander';
import { VERSION } from '../version.js';
import { registerBackup } from './backup.js';
import { registerConfig } from './config.js';
import { registerDemo } from './demo.js';
import { registerDoctor } from './doctor.js';
import { registerEnvironments } from './environments.js';
import { registerEvents } from './events.js';
import { registerIssuers } from './issuers.js';
import { registerKeys } from './keys.js';
import { registerMails } from './mails.js';
import { registerMigrate } from './migrate.js';
import { registerRestore } from './restore.js';
import { registerSchema } from './schema.js';
import { registerSeed } from './seed.js';
import { registerServe } from './serve.js';
import { registerSigningKeys } from './signing-keys.js';
import { registerStaff } from './staff.js';
import { registerUsers } from './users.js';

/** The command line. Each noun is a file that registers its own commands; this is the list, in the order of `--help`. */
export function createProgram(): Command {
  const program = new Command('usergraph')
    .description(
      'A GraphQL gateway over the user-management domain. Settings come from the environment: see the README.',
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
