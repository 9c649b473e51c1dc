import { type Command, Option } from 'commander';
import { ENCODINGS } from '../../transfers/encoding.js';
import { TRANSFER_FORMATS } from '../../transfers/row.js';
import { CONFLICT_POLICIES } from '../../users/user-import.js';
import { action, actionOn, environmentName } from '../terminal/options.js';
import { exportUsers } from './users-export.js';
import { importUsers } from './users-import.js';

/** `usergraph users`: imports and exports users. */
export function registerUsers(program: Command): void {
  const users = program.command('users').description('import and export users');
  const format = () => new Option('--format <format>', 'format of the file').choices(TRANSFER_FORMATS);
  const importing = users
    .command('import <file>')
    .description('create users from a file, or from standard input with "-"; resumes an interrupted import')
    .requiredOption('--environment <name>', 'name of the environment', environmentName)
    .addOption(format())
    .addOption(new Option('--encoding <name>', 'encoding of a CSV file (default: UTF-8)').choices(ENCODINGS))
    .option(
      '--rejects <file>',
      'file for rejected rows (default: the name of the imported file with ".rejects.ndjson" appended)',
    )
    .addOption(
      new Option('--on-conflict <what>', 'what to do with a row whose email address or external id is already in use')
        .choices(CONFLICT_POLICIES)
        .default('reject'),
    )
    .option('--restart', 'start again with the first row')
    .option('--dry-run', 'report what would happen, and change nothing');
  actionOn(importing, importUsers);
  const exporting = users
    .command('export')
    .description('write all users of an environment to a file')
    .requiredOption('--environment <name>', 'name of the environment', environmentName)
    .addOption(format().default('ndjson'))
    .option('--out <file>', 'the file to create (default: standard output)')
    .option('--with-hashes', 'include password hashes')
    .option('--spreadsheet-safe', 'escape values of a CSV file that a spreadsheet would run as formulas');
  action(exporting, exportUsers);
}
