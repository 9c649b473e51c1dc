import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Builds once for all process tests, when a source is newer than what was built: they start what users start, and no
 * process compiles anything of its own.
 */
export default function build(): void {
  if (Math.max(newest('src'), newest('migrations')) < newest('dist')) return;
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
}

/** When something in the folder was last written, in milliseconds; 0 when it is not there. */
function newest(folder: string): number {
  if (!existsSync(`${ROOT}/${folder}`)) return 0;
  const entries = readdirSync(`${ROOT}/${folder}`, { recursive: true, encoding: 'utf8' });
  return Math.max(0, ...entries.map((path) => statSync(`${ROOT}/${folder}/${path}`).mtimeMs));
}
