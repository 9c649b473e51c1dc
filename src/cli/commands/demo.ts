import { join } from 'node:path';
import type { Command } from 'commander';
import type { App } from '../../app.js';
import { ALL_SCOPES } from '../../auth/scope.js';
import { systemViewer, type Viewer } from '../../auth/viewer.js';
import { type Config, loadConfig } from '../../config/config.js';
import { randomText, systemRandom } from '../../runtime/random.js';
import { EVERY_USER } from '../../users/user-query.js';
import { type Listening, listen } from '../server/http.js';
import { ListenError } from '../server/listening.js';
import { stopOnSignal } from '../server/stopping.js';
import { temporaryFolder } from '../terminal/files.js';

const DEMO_USERS = 200;

/**
 * `usergraph demo`: serves a database of made-up users from a temporary folder, which is removed when the demo stops.
 * Prints an API key and an example request.
 */
export function registerDemo(program: Command): void {
  program.command('demo').description('serve a demo database of fictional users, with a key to try it').action(demo);
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

/** @param isStopped returns true after a stop signal; the demo then starts nothing more */
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
  const { createApp } = await import('../../app.js');
  if (isStopped()) return;
  const app = await createApp(config, { graphiqlHeaders: headers });
  const input = { environment: 'demo', kind: 'test', name: 'demo', scopes: ALL_SCOPES } as const;
  const { apiKey, secret } = await app.services.apiKeys.create(input);
  headers.authorization = `Bearer ${secret}`;
  const viewer = systemViewer(apiKey.environmentId, 'demo');
  const { environmentId } = apiKey;
  if (!isStopped()) await app.services.samples.seed({ environmentId, actor: 'demo', count: DEMO_USERS, batch: '' });
  if (isStopped()) return await app.close();
  const person = await enableSignIn(app, viewer);
  const { url, stopped } = await listenOnFreePort(app, config, (PORT ?? '').trim() !== '');
  process.stdout.write(greeting(url, secret, person, config));
  await stopped;
}

/** A user with a password. */
interface DemoUser {
  readonly environmentId: string;
  readonly email: string;
  readonly password: string;
}

/** Allows sign-in in the environment, and sets a password for the newest user. */
async function enableSignIn({ services }: App, viewer: Viewer): Promise<DemoUser> {
  const { environmentId } = viewer;
  await services.environments.setSignIn('demo', true);
  const order = { field: 'CREATED_AT', direction: 'DESC' } as const;
  const newest = { direction: 'forward', limit: 1, after: null, before: null } as const;
  const { items } = await services.users.listUsers(viewer, EVERY_USER, order, newest);
  const [user] = items;
  if (!user) throw new Error('The demo database has no users.');
  const password = randomText(systemRandom, 'abcdefghijkmnpqrstuvwxyz23456789', 16);
  await services.users.updateUser(viewer, user.id, { password });
  return { environmentId, email: user.email, password };
}

/** Listens on the configured port. When the default port is in use, listens on a free one. */
async function listenOnFreePort(
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

function greeting(url: string, secret: string, person: DemoUser, config: Config): string {
  const query = '{ users(first: 3) { nodes { id email } totalCount } }';
  const { hostname, port } = new URL(url);
  const outbox = 'outbox' in config.mail ? config.mail.outbox : '';
  return `
  usergraph demo: ${DEMO_USERS} users. Ctrl-C stops the server and removes the data.

  GraphiQL  ${url}/graphql
  API key   ${secret}
  Mails     ${outbox}
  Sign in   ${person.email}, password ${person.password}, environmentId ${person.environmentId}

  Try a request:

  curl -s ${url}/graphql -H 'authorization: Bearer ${secret}' -H 'content-type: application/json' -d '{"query":"${query}"}'

  Or over REST, described at ${url}/openapi:

  curl -s '${url}/user_management/users?limit=3' -H 'authorization: Bearer ${secret}'

  Or with the WorkOS SDK (npm install @workos-inc/node):

  new WorkOS('${secret}', { apiHostname: '${hostname}', port: ${port}, https: false })

`;
}
