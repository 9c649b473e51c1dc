import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const BIN = 'node_modules/.bin';

/** The packages that the examples of servers need beside ours. */
export const NEIGHBORS = ['express', 'fastify', 'hono', '@hono/node-server'] as const;

interface Locked {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
}

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

/** What `npm pack` makes of the built program: the tarball, and the paths in it. */
export function pack(folder: string): { readonly tarball: string; readonly paths: readonly string[] } {
  // Without scripts: prepack would build `dist` anew under the feet of tests that run it.
  const out = npm(ROOT, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder);
  const [packed] = JSON.parse(out) as { filename: string; files: { path: string }[] }[];
  if (!packed) throw new Error(`npm pack made nothing: ${out}`);
  return { tarball: join(folder, packed.filename), paths: packed.files.map(({ path }) => path) };
}

/**
 * Installs the tarball, and some of our development dependencies as the neighbors it may have, in `folder`.
 *
 * It is npm that installs, but without a network and without the two minutes that compiling better-sqlite3 takes: what
 * package-lock.json says the *published* dependencies need is copied here first, compiled as it is. npm takes what is
 * there when it fits, and fails when the package asks for something else; what is only there for development is not
 * copied, so a use of it fails too.
 */
export function install(folder: string, tarball: string, neighbors: readonly string[] = []): void {
  const wanted = [...Object.keys(manifest.dependencies), ...neighbors];
  for (const path of closureOf(wanted)) {
    // Of better-sqlite3's build only the compiled module is ever read.
    const filter = (source: string) => !/better-sqlite3\/(deps|src|build\/Release\/(obj|test))/.test(source);
    cpSync(join(ROOT, path), join(folder, path), { recursive: true, filter });
  }
  // npm unpacks a package again whose command is not linked.
  cpSync(join(ROOT, BIN), join(folder, BIN), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => source.endsWith(BIN) || existsSync(join(folder, BIN, readlinkSync(source))),
  });
  begin(folder, tarball, neighbors);
  // Strict: a package that does not run on this Node fails the installation.
  npm(folder, 'install', '--offline', '--ignore-scripts', '--engine-strict');
}

/**
 * Installs the tarball from the registry into an empty folder, as a newcomer does: dependencies in the newest versions
 * that are allowed, their install scripts, and native modules compiled for the Node that runs this.
 */
export function installFromRegistry(folder: string, tarball: string, neighbors: readonly string[]): void {
  begin(folder, tarball, neighbors);
  execFileSync('npm', ['install', '--engine-strict'], { cwd: folder, stdio: 'inherit' });
}

/** The folder a newcomer makes: whatever `npm init` says of modules there, examples have to run in it. */
function begin(folder: string, tarball: string, neighbors: readonly string[]): void {
  const dependencies = Object.fromEntries([
    ['usergraph', `file:${relative(folder, tarball)}`],
    ...neighbors.map((name) => [name, manifest.devDependencies[name]]),
  ]);
  npm(folder, 'init', '--yes');
  const file = join(folder, 'package.json');
  const made = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...made, dependencies }));
}

/** Where the packages, and all they need at run time, are installed here: `node_modules/x`, or inside another one. */
function closureOf(names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (name: string, from: string, isOptional: boolean): void => {
    const path = resolve(name, from);
    if (path === null) {
      if (isOptional) return;
      throw new Error(`package-lock.json does not say where ${name} is, which ${from || 'the project'} needs.`);
    }
    if (found.has(path)) return;
    found.add(path);
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = packages[path] ?? {};
    for (const each of Object.keys(dependencies ?? {})) visit(each, path, false);
    for (const each of Object.keys(optionalDependencies ?? {})) visit(each, path, true);
    for (const each of Object.keys(peerDependencies ?? {})) {
      if (peerDependenciesMeta?.[each]?.optional !== true) visit(each, path, false);
    }
  };
  for (const name of names) visit(name, '', false);
  // A package inside another comes with it.
  return new Set([...found].filter((path) => path.lastIndexOf('node_modules/') === 0 && isHere(path)));
}

/** As Node looks for it: beside the asking package's own parts, then in the folders above. */
function resolve(name: string, from: string): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[path]) return path;
    if (folder === '') return null;
  }
}

/** Optional packages for other machines are in the lock and not on the disk. */
function isHere(path: string): boolean {
  return existsSync(join(ROOT, path));
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
