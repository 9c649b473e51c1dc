import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { systemViewer } from '../auth/viewer.js';
import { sync } from '../db/backup.js';
import type { TransferFormat } from '../transfers/row.js';
import { exportOf } from '../transfers/user-export.js';
import { createDraft, publish, removeDraft, requireNew } from './files.js';
import { type Output, UsageError } from './output.js';
import { withApp } from './with-app.js';

export interface ExportOptions {
  readonly environment: string;
  readonly format: TransferFormat;
  readonly out?: string;
  readonly withHashes?: boolean;
  readonly spreadsheetSafe?: boolean;
  readonly json?: boolean;
}

/** `usergraph users export`: writes all users of an environment into a file. */
export async function exportUsers(options: ExportOptions, output: Output): Promise<void> {
  const { environment: name, format, out, withHashes = false, spreadsheetSafe = false, json = false } = options;
  if (json && out === undefined) throw new UsageError('--json needs --out: standard output has the users.');
  if (out !== undefined) requireNew(out);
  if (spreadsheetSafe && format !== 'csv') throw new UsageError('--spreadsheet-safe needs --format csv.');
  const say = (line: string) => (out === undefined ? process.stderr.write(`${line}\n`) : output.say(line));
  const users = await withApp(async ({ services, db }) => {
    const environment = await services.environments.findByName(db.reader, name);
    if (!environment) throw new UsageError(`There is no environment '${name}'.`);
    const viewer = systemViewer(environment.id, 'users export');
    const pages = () => services.userExports.pages(viewer, withHashes);
    const exported = await exportOf(pages, format, withHashes, spreadsheetSafe);
    await (out === undefined ? pipeline(exported.chunks, process.stdout, { end: false }) : write(exported.chunks, out));
    return exported.count();
  });
  if (withHashes) say('There are hashes of passwords in it: whoever has it can try passwords against them.');
  say(`Exported ${users} users of the environment '${name}'.`);
  output.result({ environment: name, format, out, users, withHashes });
}

/** Writes a new file, which has its name when it is whole. */
async function write(chunks: AsyncIterable<string>, out: string): Promise<void> {
  const draft = createDraft(out, 'writing');
  try {
    await pipeline(chunks, createWriteStream(draft));
    sync(draft);
    publish(draft, out);
  } finally {
    removeDraft(draft);
  }
}
