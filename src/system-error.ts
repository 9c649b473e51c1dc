/** What the system says when it does not do something, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EBUSY: 'another program is using it',
  EDQUOT: 'the quota of this user is used up',
  EEXIST: 'it is there already',
  EFBIG: 'it would be too large',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'this process has too many files open',
  ENAMETOOLONG: 'its name is too long',
  ENFILE: 'this machine has too many files open',
  ENODEV: 'it is on no device that is there',
  ENOENT: 'it, or its folder, is not there',
  ENOMEM: 'there is no memory left',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is no folder',
  ENOTEMPTY: 'the folder is not empty',
  ENXIO: 'it is on no device that is there',
  EPERM: 'this user may not',
  EROFS: 'it is on a read-only file system',
  ETXTBSY: 'it is a program that runs',
};

/** The code of an error that the system, a library or SQLite gave; null when it has none. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}

/**
 * Why the system did not do something with a file, e.g. `the disk is full (ENOSPC)`; null for every other error. The one
 * place where such a code becomes words.
 */
export function fileReasonOf(error: unknown): string | null {
  const code = codeOf(error);
  const reason = code === null ? undefined : REASONS[code];
  return reason === undefined ? null : `${reason} (${code})`;
}

/** A failure with a file as one line, with the file where the error names it; null for every other error. */
export function fileFailureOf(error: unknown): string | null {
  const reason = fileReasonOf(error);
  if (reason === null) return null;
  const path = error instanceof Error && 'path' in error ? String(error.path) : 'A file';
  return `${path} cannot be ${VERBS[syscallOf(error)] ?? 'used'}: ${reason}.`;
}

const VERBS: Readonly<Record<string, string>> = {
  open: 'opened',
  read: 'read',
  scandir: 'read',
  write: 'written',
  fsync: 'written',
  fdatasync: 'written',
  ftruncate: 'written',
  mkdir: 'made',
  mkdtemp: 'made',
  link: 'made',
  rename: 'renamed',
  unlink: 'removed',
  rm: 'removed',
  stat: 'looked at',
};

function syscallOf(error: unknown): string {
  return error instanceof Error && 'syscall' in error ? String(error.syscall) : '';
}
