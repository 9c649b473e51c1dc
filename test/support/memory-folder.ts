import { statfsSync } from 'node:fs';

/** Where files in memory go on Linux; null where there is none or it is small, as in a container's default of 64 MB. */
export function memoryFolder(): string | null {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize > 2 ** 31 ? '/dev/shm' : null;
  } catch {
    return null;
  }
}
