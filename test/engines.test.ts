import { readFileSync } from 'node:fs';
import { minVersion, satisfies } from 'semver';
import { expect, test } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly engines?: { readonly node?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

const read = (file: string) => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')) as unknown;
const { engines, dependencies } = read('package.json') as {
  engines: { node: string };
  dependencies: Record<string, string>;
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

test('packages for development run on it too, so that an install in a clone warns of nothing', () => {
  const newer = Object.entries(packages).filter(([, { engines: its }]) => !satisfies(floor, its?.node ?? '*'));
  expect(newer.map(([path, { engines: its }]) => `${path} needs Node ${its?.node}`)).toEqual([]);
});

// npm follows `overrides` in a clone alone: where the package is installed, its versions have to do without them.
test('no package that comes with usergraph owes its version to an override', () => {
  const forced = shipped.flatMap(([path, { dependencies: wanted = {} }]) =>
    Object.entries(wanted)
      .filter(([name, range]) => !satisfies(found(name, path)?.version ?? '', range))
      .map(([name, range]) => `${path} wants ${name}@${range} and has ${found(name, path)?.version}`),
  );
  expect(forced).toEqual([]);
});

test('what we depend on is named by exact versions', () => {
  expect(Object.entries(dependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
