import type { Command } from 'commander';
import { systemViewer } from '../auth/viewer.js';
import { systemRandom } from '../random.js';
import { action, environmentName, keptText } from './options.js';
import { type Output, UsageError } from './output.js';
import { seedPeople } from './people.js';
import { createProgress } from './progress.js';
import { withApp } from './with-app.js';

export const MAX_SEED_USERS = 10_000_000;

/** `usergraph seed`: fills an environment with made-up people; a bar on a terminal, plain lines elsewhere. */
export function registerSeed(program: Command): void {
  const command = program
    .command('seed')
    .description('fill an environment with made-up people')
    .requiredOption('--environment <name>', 'which environment; made when it is new', environmentName)
    .requiredOption('--users <number>', 'how many', Number);
  action(command, seed);
}

async function seed(options: { environment: string; users: number }, output: Output): Promise<void> {
  const { environment: name, users } = options;
  if (!Number.isInteger(users) || users < 1 || users > MAX_SEED_USERS) {
    throw new UsageError(`--users is a whole number from 1 to ${MAX_SEED_USERS}.`);
  }
  await withApp(async (app) => {
    const { environments } = app.services;
    const environment =
      (await environments.findByName(app.db.reader, name)) ?? (await environments.ensure(keptText(name), 'test'));
    const progress = createProgress('users', output);
    const startedAt = performance.now();
    const batch = `${systemRandom.bytes(3).toString('hex')}-`;
    const viewer = systemViewer(environment.id, 'seed');
    const seeded = await seedPeople(app.services, viewer, users, batch, (done) => progress.update(done, users));
    progress.stop();
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    output.say(`Made ${seeded.users} users in the environment '${name}' in ${seconds} s.`);
    output.result({ environment: name, environmentId: environment.id, ...seeded, seconds });
  });
}
