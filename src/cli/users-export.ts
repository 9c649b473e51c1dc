import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemViewer } from '../auth/viewer.js';
import type { TransferFormat } from '../transfers/row.js';
import { exportOf } from '../transfers/user-export.js';
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
  if (spreadsheetSafe && format !== 'csv') throw new UsageError('--spreadsheet-safe needs --format csv.');
  const say = (line: string) => (out === undefined ? process.stderr.write(`${line}\n`) : output.say(line));
  const users = await withApp(async ({ services, db }) => {
    const environment = await services.environments.findByName(db.reader, name);
    if (!environment) throw new UsageError(`There is no environment '${name}'.`);
    const viewer = systemViewer(environment.id, 'users export');
    const pages = () => services.userExports.pages(viewer, withHashes);
    const exported = await exportOf(pages, format, withHashes, spreadsheetSafe);
    await pipeline(exported.chunks, await openOut(out), { end: out !== undefined });
    return exported.count();
  });
  if (withHashes) say('There are hashes of passwords in it: whoever has it can try passwords against them.');
  say(`Exported ${users} users of the environment '${name}'.`);
  output.result({ environment: name, format, out, users, withHashes });
}

async function openOut(out: string | undefined): Promise<Writable> {
  if (out === undefined) return process.stdout;
  try {
    // Its owner's only, and never in the place of another file.
    return (await open(out, 'wx', 0o600)).createWriteStream();
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw isThere ? new UsageError(`There is a file ${out} already.`) : error;
  }
}
