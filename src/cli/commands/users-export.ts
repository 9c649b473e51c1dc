import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { systemViewer } from '../../auth/viewer.js';
import { sync } from '../../runtime/sync.js';
import type { TransferFormat } from '../../transfers/row.js';
import { exportOf } from '../../transfers/user-export.js';
import { createTemporaryFile, publish, removeTemporaryFile, requireNew } from '../terminal/files.js';
import { type Output, UsageError } from '../terminal/output.js';
import { withApp } from '../terminal/with-app.js';

export interface ExportOptions {
  readonly environment: string;
  readonly format: TransferFormat;
  readonly out?: string;
  readonly withHashes?: boolean;
  readonly spreadsheetSafe?: boolean;
  readonly json?: boolean;
}

/** `usergraph users export`: writes all users of an environment to a file or to standard output. */
export async function exportUsers(options: ExportOptions, output: Output): Promise<void> {
  const { environment: name, format, out, withHashes = false, spreadsheetSafe = false, json = false } = options;
  if (json && out === undefined)
    throw new UsageError('--json requires --out, because the users go to standard output.');
  if (out !== undefined) requireNew(out);
  if (spreadsheetSafe && format !== 'csv') throw new UsageError('--spreadsheet-safe requires --format csv.');
  const say = (line: string) => (out === undefined ? process.stderr.write(`${line}\n`) : output.say(line));
  const users = await withApp(async ({ services, db }) => {
    const environment = await services.environments.findByName(db.reader, name);
    if (!environment) throw new UsageError(`No environment is named '${name}'.`);
    const viewer = systemViewer(environment.id, 'users export');
    const pages = () => services.userExports.pages(viewer, withHashes);
    const exported = await exportOf(pages, format, withHashes, spreadsheetSafe);
    await (out === undefined ? pipeline(exported.chunks, process.stdout, { end: false }) : write(exported.chunks, out));
    return exported.count();
  });
  if (withHashes) say('The file contains password hashes, which can be attacked offline: protect it.');
  say(`Exported ${users} users of the environment '${name}'.`);
  output.result({ environment: name, format, out, users, withHashes });
}

/** Writes a new file, which gets its name only when it is complete. */
async function write(chunks: AsyncIterable<string>, out: string): Promise<void> {
  const draft = createTemporaryFile(out, 'writing');
  try {
    await pipeline(chunks, createWriteStream(draft));
    sync(draft);
    publish(draft, out);
  } finally {
    removeTemporaryFile(draft);
  }
}
