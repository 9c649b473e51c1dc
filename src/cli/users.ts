import { type Command, Option } from 'commander';
import { ENCODINGS } from '../transfers/encoding.js';
import { TRANSFER_FORMATS } from '../transfers/row.js';
import { CONFLICT_POLICIES } from '../users/user-import.js';
import { action, actionOn, environmentName } from './options.js';
import { exportUsers } from './users-export.js';
import { importUsers } from './users-import.js';

/** `usergraph users`: users in files. */
export function registerUsers(program: Command): void {
  const users = program.command('users').description('users, from a file and into one');
  const format = () => new Option('--format <format>', 'form of the file').choices(TRANSFER_FORMATS);
  const importing = users
    .command('import <file>')
    .description('create users from a file, or from standard input with "-"; called again, a broken one goes on')
    .requiredOption('--environment <name>', 'which environment', environmentName)
    .addOption(format())
    .addOption(new Option('--encoding <name>', 'of a CSV file that is not UTF-8').choices(ENCODINGS))
    .option(
      '--rejects <file>',
      'where refused rows go; without it beside the file, with ".rejects.ndjson" behind its name',
    )
    .addOption(
      new Option('--on-conflict <what>', 'what to do with a row whose address or external id is taken')
        .choices(CONFLICT_POLICIES)
        .default('reject'),
    )
    .option('--restart', 'begin again with the first row')
    .option('--dry-run', 'tell what would happen, and change nothing');
  actionOn(importing, importUsers);
  const exporting = users
    .command('export')
    .description('write all users of an environment into a file')
    .requiredOption('--environment <name>', 'which environment', environmentName)
    .addOption(format().default('ndjson'))
    .option('--out <file>', 'a new file; without it standard output')
    .option('--with-hashes', 'with the hashes of the passwords')
    .option('--spreadsheet-safe', 'guard the texts of a CSV file that a spreadsheet is to open');
  action(exporting, exportUsers);
}
