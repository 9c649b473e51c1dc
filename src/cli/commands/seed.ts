import type { Command } from 'commander';
import { systemRandom } from '../../runtime/random.js';
import { action, environmentName, utf8Text } from '../terminal/options.js';
import { type Output, UsageError } from '../terminal/output.js';
import { createProgress } from '../terminal/progress.js';
import { withApp } from '../terminal/with-app.js';

export const MAX_SEED_USERS = 10_000_000;

/** `usergraph seed`: creates made-up users in an environment. */
export function registerSeed(program: Command): void {
  const command = program
    .command('seed')
    .description('fill an environment with fictional users')
    .requiredOption('--environment <name>', 'name of the environment; created if it does not exist', environmentName)
    .requiredOption('--users <number>', 'number of users', Number);
  action(command, seed);
}

async function seed(options: { environment: string; users: number }, output: Output): Promise<void> {
  const { environment: name, users } = options;
  if (!Number.isInteger(users) || users < 1 || users > MAX_SEED_USERS) {
    throw new UsageError(`--users must be an integer from 1 to ${MAX_SEED_USERS}.`);
  }
  await withApp(async (app) => {
    const { environments } = app.services;
    const environment =
      (await environments.findByName(app.db.reader, name)) ?? (await environments.ensure(utf8Text(name), 'test'));
    const progress = createProgress('users', output);
    const startedAt = performance.now();
    const batch = `${systemRandom.bytes(3).toString('hex')}-`;
    const seeding = { environmentId: environment.id, actor: 'seed', count: users, batch };
    const seeded = await app.services.samples.seed(seeding, (done) => progress.update(done, users));
    progress.stop();
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    output.say(`Created ${seeded.users} users in the environment '${name}' in ${seconds} s.`);
    output.result({ environment: name, environmentId: environment.id, ...seeded, seconds });
  });
}
