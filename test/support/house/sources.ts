import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One file: its path from the root of the project, e.g. `src/users/user.ts`, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Paths from the root of the files below a folder, without generated ones. */
export function filesIn(folder: string): string[] {
  return readdirSync(`${ROOT}/${folder}`, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(ROOT.length).replaceAll('\\', '/').replace(/^\/+/, ''))
    .filter((path) => !/generated|node_modules/.test(path));
}

/** The TypeScript files below these folders, without generated and installed ones. */
export function sourcesIn(...folders: readonly string[]): readonly Source[] {
  return folders
    .flatMap(filesIn)
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({ path, text: readFileSync(`${ROOT}/${path}`, 'utf8') }));
}

/** Modules the file imports, statically or not, for types or values; relative ones as paths from the root. */
export function importsOf({ path, text }: Source): string[] {
  const matches = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\s*\(\s*)['"]([^'"]+)['"]/g);
  return [...matches].map(([, target = '']) =>
    target.startsWith('.') ? new URL(target, `file:///${path}`).pathname.slice(1).replace(/\.js$/, '.ts') : target,
  );
}

/** The folder of a file, e.g. `src/users`; a file directly in `src` is its own folder. */
export function folderOf(path: string): string {
  const folder = path.split('/').slice(0, -1).join('/');
  return folder === 'src' ? path.replace(/\.ts$/, '') : folder;
}

/** The suffix that tells what a file is for, e.g. `service` of `src/users/user.service.ts`. */
export function roleOf(path: string): string {
  return /\.([a-z]+)\.ts$/.exec(path)?.[1] ?? '';
}

/** The text without comments. */
export function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}
