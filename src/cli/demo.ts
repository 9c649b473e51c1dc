import { join } from 'node:path';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { ALL_SCOPES } from '../auth/scope.js';
import { systemViewer, type Viewer } from '../auth/viewer.js';
import { type Config, loadConfig } from '../config.js';
import { randomText, systemRandom } from '../random.js';
import { EVERY_USER } from '../users/user-query.js';
import { temporaryFolder } from './files.js';
import { type Listening, listen } from './http.js';
import { ListenError } from './listening.js';
import { seedPeople } from './people.js';
import { stopOnSignal } from './stopping.js';

const DEMO_USERS = 200;

/**
 * `usergraph demo`: a database with people in it, in a folder of its own that goes when the demo stops, and on the
 * terminal all that is needed to ask it something.
 */
export function registerDemo(program: Command): void {
  program.command('demo').description('serve a database of made-up people, with a key to try it').action(demo);
}

async function demo(): Promise<void> {
  let isStopped = false;
  stopOnSignal(() => {
    isStopped = true;
  });
  const folder = temporaryFolder('demo');
  try {
    await run(folder.path, () => isStopped);
  } finally {
    folder.remove();
  }
}

/** @param isStopped whether a signal came before it listens: nothing more is begun then */
async function run(folder: string, isStopped: () => boolean): Promise<void> {
  const { PORT, HOST } = process.env;
  const settings = {
    DATABASE_URL: `file:${join(folder, 'demo.db')}`,
    GRAPHIQL: 'true',
    LOG_LEVEL: 'error',
    PORT,
    HOST,
  };
  const config = loadConfig(settings);
  const headers: Record<string, string> = {};
  const { createApp } = await import('../app.js');
  if (isStopped()) return;
  const app = await createApp(config, { graphiqlHeaders: headers });
  const input = { environment: 'demo', kind: 'test', name: 'demo', scopes: ALL_SCOPES } as const;
  const { apiKey, secret } = await app.services.apiKeys.create(input);
  headers.authorization = `Bearer ${secret}`;
  const viewer = systemViewer(apiKey.environmentId, 'demo');
  if (!isStopped()) await seedPeople(app.services, viewer, DEMO_USERS, '', () => {});
  if (isStopped()) return await app.close();
  const person = await letSignIn(app, viewer);
  const { url, stopped } = await listenSomewhere(app, config, (PORT ?? '').trim() !== '');
  process.stdout.write(greeting(url, secret, person, config));
  await stopped;
}

/** Somebody who can sign in. */
interface DemoPerson {
  readonly environmentId: string;
  readonly email: string;
  readonly password: string;
}

/** Allows sign-in, and gives the newest person a password. */
async function letSignIn({ services }: App, viewer: Viewer): Promise<DemoPerson> {
  const { environmentId } = viewer;
  await services.environments.setSignIn('demo', true);
  const order = { field: 'CREATED_AT', direction: 'DESC' } as const;
  const newest = { direction: 'forward', limit: 1, after: null, before: null } as const;
  const { items } = await services.users.listUsers(viewer, EVERY_USER, order, newest);
  const [user] = items;
  if (!user) throw new Error('There are people.');
  const password = randomText(systemRandom, 'abcdefghijkmnpqrstuvwxyz23456789', 16);
  await services.users.updateUser(viewer, user.id, { password });
  return { environmentId, email: user.email, password };
}

/** On the wanted port, or, when it is taken and nobody asked for it, on a free one. */
async function listenSomewhere(
  app: Parameters<typeof listen>[0],
  config: Config,
  isPortChosen: boolean,
): Promise<Listening> {
  try {
    return await listen(app, config);
  } catch (error) {
    const isTaken = error instanceof ListenError && error.code === 'EADDRINUSE';
    if (!isTaken || isPortChosen) throw error;
    return listen(app, { ...config, port: 0 });
  }
}

function greeting(url: string, secret: string, person: DemoPerson, config: Config): string {
  const query = '{ users(first: 3) { nodes { id email } totalCount } }';
  const outbox = 'outbox' in config.mail ? config.mail.outbox : '';
  return `
  usergraph demo: ${DEMO_USERS} users, gone when you stop it with Ctrl-C

  GraphiQL  ${url}/graphql
  API key   ${secret}
  Mails     ${outbox}
  Sign in   ${person.email}, password ${person.password}, environmentId ${person.environmentId}

  Ask it something:

  curl -s ${url}/graphql -H 'authorization: Bearer ${secret}' -H 'content-type: application/json' -d '{"query":"${query}"}'

`;
}
