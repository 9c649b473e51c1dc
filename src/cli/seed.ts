import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { systemViewer } from '../auth/viewer.js';
import { systemRandom } from '../random.js';
import { action, environmentName } from './options.js';
import { type Output, UsageError } from './output.js';
import { seedPeople } from './people.js';
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
    const environment = await app.services.environments.ensure(name, 'test');
    const progress = createProgress(users, output);
    const startedAt = performance.now();
    const batch = `${systemRandom.bytes(3).toString('hex')}-`;
    const viewer = systemViewer(environment.id, 'seed');
    const seeded = await seedPeople(app.services, viewer, users, batch, progress.update);
    progress.stop();
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    output.say(`Made ${seeded.users} users in the environment '${name}' in ${seconds} s.`);
    output.result({ environment: name, environmentId: environment.id, ...seeded, seconds });
  });
}

function createProgress(total: number, output: Output) {
  if (!process.stderr.isTTY) {
    let told = 0;
    const update = (done: number) => {
      if (done - told < total / 10 && done < total) return;
      told = done;
      output.say(`${done} of ${total} users`);
    };
    return { update, stop: () => {} };
  }
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {value}/{total} users | {eta_formatted} left',
    hideCursor: true,
  });
  bar.start(total, 0);
  return { update: (done: number) => bar.update(done), stop: () => bar.stop() };
}
