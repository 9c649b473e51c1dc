import { stringify } from 'csv-stringify/sync';
import { OperatorError } from '../domain/operator-error.js';
import { ROUNDED_NUMBER } from './csv-reader.js';
import { GUARD_COLUMN, METADATA_COLUMN, ROW_FIELDS, SERVER_FIELDS, type TransferFormat } from './row.js';
import { guarded } from './spreadsheet-guard.js';
import type { ExportedUser } from './user-export.service.js';

/** Maximum number of metadata columns of a CSV file. Users with more keys can be exported as NDJSON. */
export const MAX_METADATA_COLUMNS = 1_000;

/** The users cannot be exported as CSV. The message contains the reason. */
export class ExportError extends OperatorError {
  override readonly name = 'ExportError';
}

/** An export: the text of the file in chunks of one page, and the number of users read so far. */
export interface Export {
  readonly chunks: AsyncGenerator<string>;
  count(): number;
}

/** Columns that spreadsheets may convert to dates, because an import ignores them. */
const TIMES: readonly string[] = ['lastSignInAt', 'createdAt', 'updatedAt'];

type Pages = () => AsyncIterable<readonly ExportedUser[]>;

/**
 * Converts pages of users to the text of a file. For CSV the users are read twice, because the columns depend on the
 * metadata of every user.
 *
 * @param isGuarded whether to guard the texts of a CSV file against spreadsheets
 * @throws {ExportError} when there are too many metadata keys, or a new one appears between the two reads
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
  // An import distinguishes quoted from unquoted cells: empty strings, and texts that look like rounded numbers.
  const options = {
    quoted_match: [/^$/, ROUNDED_NUMBER],
    quoted_string: isGuarded,
    cast: { boolean: (value: boolean) => String(value) },
  };
  const toCell = (value: unknown, name: string) =>
    isGuarded && typeof value === 'string' && !TIMES.includes(name) ? guarded(value) : (value ?? null);
  const row = (exported: ExportedUser) => {
    const { metadata } = exported.user;
    const late = Object.keys(metadata).find((key) => !known.has(key));
    if (late !== undefined) {
      throw new ExportError('A new metadata key was added during the export. Export again.');
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
    // Spreadsheets detect UTF-8 by the byte order mark.
    head: `${isGuarded ? '\ufeff' : ''}${stringify([head], options)}`,
    page: (page: readonly ExportedUser[]) => stringify(page.map(row), options),
  };
}

async function metadataKeys(pages: AsyncIterable<readonly ExportedUser[]>): Promise<string[]> {
  const keys = new Set<string>();
  for await (const page of pages) {
    for (const { user } of page) for (const key of Object.keys(user.metadata)) keys.add(key);
    if (keys.size > MAX_METADATA_COLUMNS) {
      throw new ExportError(`The users have more than ${MAX_METADATA_COLUMNS} metadata keys. Export NDJSON instead.`);
    }
  }
  return [...keys].sort();
}

/** Returns the fields of a user in the order of the file, with those of the hash if `withHashes` is true. */
function fieldsOf({ user, hash }: ExportedUser, withHashes: boolean): Record<string, unknown> {
  const { id, version, createdAt, updatedAt, profilePictureUrl, lastSignInAt, metadata, ...given } = user;
  const own = { version, lastSignInAt, profilePictureUrl, createdAt, updatedAt };
  if (!withHashes || !hash) return { id, ...given, ...own };
  const { type: passwordHashType, hash: passwordHash, saltPosition } = hash;
  const position = saltPosition === null ? {} : { passwordSaltPosition: saltPosition };
  return { id, ...given, passwordHash, passwordHashType, ...position, ...own };
}
