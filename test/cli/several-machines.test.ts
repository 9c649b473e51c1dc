import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/config.js';
import { fileWith, problemsOf } from '../support/configuration.js';

const FOLDER = fileURLToPath(new URL('../../examples/several-machines', import.meta.url));

interface Service {
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: object;
  readonly build?: { readonly context: string; readonly dockerfile: string };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
}

const { services } = parse(readFileSync(join(FOLDER, 'compose.yaml'), 'utf8'), { merge: true }) as Compose; // see above
const servers = Object.keys(services).filter((name) => name.startsWith('server-'));

/** The settings of a service, with what the operator provides. */
function settingsOf(name: string): Record<string, string> {
  const settings: Record<string, string> = { NODE_ENV: 'production' };
  for (const [variable, value] of Object.entries(services[name]?.environment ?? {})) {
    const given = /^\$\{\w+:\?for example (.+)\}$/.exec(String(value));
    const file = variable.endsWith('_FILE')
      ? fileWith('a secret of sixty-four characters or so, from a generator')
      : null;
    settings[variable] = file ?? given?.[1] ?? String(value);
  }
  return settings;
}

test('three servers have settings that production accepts, and read from a replica of the same database', () => {
  expect(servers).toEqual(['server-1', 'server-2', 'server-3']);
  for (const name of servers) {
    const settings = settingsOf(name);
    expect(problemsOf(settings)).toEqual([]);
    const { database } = loadConfig(settings);
    expect(database).toMatchObject({ engine: 'postgres', replicaUrls: [expect.stringContaining('@replica:5432/')] });
    expect(new URL(String(settings.DATABASE_URL)).hostname).toBe('primary');
    expect(Object.keys(services)).toEqual(expect.arrayContaining(['primary', 'replica']));
  }
});

test('control: without a sender of mails, the settings are refused', () => {
  const { MAIL_FROM: _, ...settings } = settingsOf('server-1');
  expect(problemsOf(settings).join()).toContain('MAIL_FROM');
});

test('the proxy knows each server, and every file that is named is there', () => {
  const nginx = readFileSync(join(FOLDER, 'nginx.conf'), 'utf8');
  const { environment } = services['server-1'] ?? {};
  const named = [...nginx.matchAll(/^\s*server (\S+);$/gm)].map(([, address]) => address);
  expect(named).toEqual(servers.map((name) => `${name}:${environment?.PORT}`));
  for (const [name, { volumes = [], build }] of Object.entries(services)) {
    const files = volumes.flatMap((volume) => (volume.startsWith('./') ? [volume.split(':')[0] ?? ''] : []));
    if (build) files.push(join(build.context, build.dockerfile));
    for (const file of files) expect(existsSync(join(FOLDER, file)), `${name}: ${file}`).toBe(true);
  }
  // The image of PostgreSQL runs scripts that are executable; others it reads into its own shell.
  expect(statSync(join(FOLDER, 'allow-replication.sh')).mode & 0o111).not.toBe(0);
});
