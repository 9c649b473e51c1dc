import { readFileSync } from 'node:fs';
import { minVersion, satisfies } from 'semver';
import { expect, test } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly engines?: { readonly node?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

const read = (file: string) => JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')) as unknown;
const { engines, dependencies, allowScripts } = read('package.json') as {
  engines: { node: string };
  dependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
};
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
const floor = minVersion(engines.node)?.version ?? '';
/** What comes with `npm install usergraph`: everything but what is there for development alone. */
const shipped = Object.entries(packages).filter(([path, { dev = false }]) => path !== '' && !dev);

/** As Node looks for it: beside the asking package's own parts, then in the folders above. */
function found(name: string, from: string): Locked | undefined {
  const own = packages[`${from}/node_modules/${name}`];
  if (own) return own;
  const end = from.lastIndexOf('/node_modules/');
  return end === -1 ? packages[`node_modules/${name}`] : found(name, from.slice(0, end));
}

test('every package that comes with usergraph runs on the oldest Node that package.json promises', () => {
  expect(floor).toBe('20.19.0');
  expect(shipped.length).toBeGreaterThan(Object.keys(dependencies).length);
  const newer = shipped.filter(([, { engines: its }]) => !satisfies(floor, its?.node ?? '*'));
  expect(newer.map(([path, { engines: its }]) => `${path} needs Node ${its?.node}`)).toEqual([]);
});

// npm warns of a package whose `engines` exclude the Node that it runs on, and goes on.
test.each([floor, '22.22.0', '24.11.0'])('an install in a clone on Node %s warns of no engine', (version) => {
  const others = Object.entries(packages).filter(([, { engines: its }]) => !satisfies(version, its?.node ?? '*'));
  expect(others.map(([path, { engines: its }]) => `${path} needs Node ${its?.node}`)).toEqual([]);
});

// npm warns of an install script that is neither allowed nor denied. It finds entries by name alone: the versions of
// approvals are looked up in the addresses of tarballs, which package-lock.json leaves out.
test('package.json allows only the install script that compiles SQLite', () => {
  const scripted = Object.entries(packages)
    .filter(([, { hasInstallScript = false }]) => hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
  const denied = scripted.filter((name) => name !== 'better-sqlite3').map((name) => [name, false]);
  expect(allowScripts).toEqual({ 'better-sqlite3': true, ...Object.fromEntries(denied) });
});

// npm follows `overrides` in a clone alone: where the package is installed, its versions have to do without them.
test('no dependency of usergraph gets its version from an override', () => {
  const forced = shipped.flatMap(([path, { dependencies: wanted = {} }]) =>
    Object.entries(wanted)
      .filter(([name, range]) => !satisfies(found(name, path)?.version ?? '', range))
      .map(([name, range]) => `${path} wants ${name}@${range} and has ${found(name, path)?.version}`),
  );
  expect(forced).toEqual([]);
});

test('dependencies have exact versions', () => {
  expect(Object.entries(dependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
