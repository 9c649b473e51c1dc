import { stringify } from 'csv-stringify/sync';
import { SHORTENED } from './csv-reader.js';
import { GUARD_COLUMN, METADATA_COLUMN, ROW_FIELDS, SERVER_FIELDS, type TransferFormat } from './row.js';
import { guarded } from './spreadsheet-guard.js';
import type { ExportedUser } from './user-export.service.js';

/** Columns of metadata a CSV file may get: more keys than that are a matter for NDJSON. */
export const MAX_METADATA_COLUMNS = 1_000;

/** The users cannot be a CSV file; the message says why. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}

/** An export: the text of the file, a page of users a chunk, and how many they are once it is read. */
export interface Export {
  readonly chunks: AsyncGenerator<string>;
  count(): number;
}

/** Columns that spreadsheets may have as dates: an import passes over them. */
const TIMES: readonly string[] = ['lastSignInAt', 'createdAt', 'updatedAt'];

type Pages = () => AsyncIterable<readonly ExportedUser[]>;

/**
 * Turns pages of users into the text of a file. For CSV they are read twice: which columns there are depends on every
 * user's metadata.
 *
 * @param isGuarded whether the texts of a CSV file are to be guarded against spreadsheets
 * @throws {ExportError} when there are too many of them, or one comes up in between
 */
export async function exportOf(
  pages: Pages,
  format: TransferFormat,
  withHashes: boolean,
  isGuarded = false,
): Promise<Export> {
  let users = 0;
  const toText = format === 'ndjson' ? ndjson(withHashes) : csv(await metadataKeys(pages()), withHashes, isGuarded);
  async function* chunks() {
    yield toText.head;
    for await (const page of pages()) {
      users += page.length;
      yield toText.page(page);
    }
  }
  return { chunks: chunks(), count: () => users };
}

function ndjson(withHashes: boolean) {
  const row = (exported: ExportedUser) =>
    `${JSON.stringify({ ...fieldsOf(exported, withHashes), metadata: exported.user.metadata })}\n`;
  return { head: '', page: (page: readonly ExportedUser[]) => page.map(row).join('') };
}

function csv(keys: readonly string[], withHashes: boolean, isGuarded: boolean) {
  const known = new Set(keys);
  const hashFields: readonly string[] = withHashes ? [] : ['passwordHash', 'passwordHashType', 'passwordSaltPosition'];
  const columns = ['id', ...ROW_FIELDS.filter((name) => !hashFields.includes(name)), ...SERVER_FIELDS.slice(1)];
  // In quotes: an empty text, so that an import can tell it from nothing, and what looks as if a spreadsheet had rounded it.
  const options = {
    quoted_match: [/^$/, SHORTENED],
    quoted_string: isGuarded,
    cast: { boolean: (value: boolean) => String(value) },
  };
  const toCell = (value: unknown, name: string) =>
    isGuarded && typeof value === 'string' && !TIMES.includes(name) ? guarded(value) : (value ?? null);
  const row = (exported: ExportedUser) => {
    const { metadata } = exported.user;
    const late = Object.keys(metadata).find((key) => !known.has(key));
    if (late !== undefined) {
      throw new ExportError('A new metadata key has come up while the users were read: export again.');
    }
    const fields = fieldsOf(exported, withHashes);
    const own = keys.map((key) =>
      Object.hasOwn(metadata, key) ? toCell(metadata[key], `${METADATA_COLUMN}${key}`) : null,
    );
    return [...columns.map((name) => toCell(fields[name], name)), ...own, ...(isGuarded ? [null] : [])];
  };
  const names = keys.map((key) => toCell(`${METADATA_COLUMN}${key}`, ''));
  const head = [...columns, ...names, ...(isGuarded ? [GUARD_COLUMN] : [])];
  return {
    // By the mark spreadsheets know UTF-8.
    head: `${isGuarded ? '\ufeff' : ''}${stringify([head], options)}`,
    page: (page: readonly ExportedUser[]) => stringify(page.map(row), options),
  };
}

async function metadataKeys(pages: AsyncIterable<readonly ExportedUser[]>): Promise<string[]> {
  const keys = new Set<string>();
  for await (const page of pages) {
    for (const { user } of page) for (const key of Object.keys(user.metadata)) keys.add(key);
    if (keys.size > MAX_METADATA_COLUMNS) {
      throw new ExportError(`There are more than ${MAX_METADATA_COLUMNS} metadata keys: export NDJSON instead.`);
    }
  }
  return [...keys].sort();
}

/** The fields of a user in the order of the file; those of the hash are there when hashes were asked for. */
function fieldsOf({ user, hash }: ExportedUser, withHashes: boolean): Record<string, unknown> {
  const { id, version, createdAt, updatedAt, profilePictureUrl, lastSignInAt, metadata, ...given } = user;
  const own = { version, lastSignInAt, profilePictureUrl, createdAt, updatedAt };
  if (!withHashes || !hash) return { id, ...given, ...own };
  const { type: passwordHashType, hash: passwordHash, saltPosition } = hash;
  const position = saltPosition === null ? {} : { passwordSaltPosition: saltPosition };
  return { id, ...given, passwordHash, passwordHashType, ...position, ...own };
}
