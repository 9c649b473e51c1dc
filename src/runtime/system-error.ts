/** Descriptions of the error codes of the operating system. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'another program is using it',
  EDQUOT: 'the disk quota of this user is exceeded',
  EEXIST: 'it already exists',
  EFBIG: 'the file would be too large',
  EIO: 'the disk reports an I/O error',
  EISDIR: 'it is a directory',
  ELOOP: 'its path has too many symbolic links',
  EMFILE: 'this process has too many open files',
  ENAMETOOLONG: 'its name is too long',
  ENFILE: 'the system has too many open files',
  ENODEV: 'its device does not exist',
  ENOENT: 'it or its directory does not exist',
  ENOMEM: 'there is not enough memory',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a directory',
  ENOTEMPTY: 'the directory is not empty',
  ENXIO: 'its device does not exist',
  EPERM: 'the operation is not permitted',
  EROFS: 'its file system is read-only',
  ETXTBSY: 'it is a program that is running',
};

/** The `code` of an error of Node, a library or SQLite; null when it has none. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}

/**
 * Describes why an operation on a file failed, e.g. `the disk is full (ENOSPC)`. Null when the error is not one of the
 * operating system.
 */
export function fileReasonOf(error: unknown): string | null {
  const code = codeOf(error);
  const reason = code === null ? undefined : REASONS[code];
  return reason === undefined ? null : `${reason} (${code})`;
}

/** Describes a failed file operation in one line, with the path when the error has it. Null for every other error. */
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
  mkdir: 'created',
  mkdtemp: 'created',
  link: 'created',
  rename: 'renamed',
  unlink: 'removed',
  rm: 'removed',
  stat: 'read',
};

function syscallOf(error: unknown): string {
  return error instanceof Error && 'syscall' in error ? String(error.syscall) : '';
}
