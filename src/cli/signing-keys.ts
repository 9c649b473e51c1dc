import { type Command, Option } from 'commander';
import { SIGNING_ALGORITHMS, type SigningAlgorithm, type SigningKey } from '../tokens/signing-key.js';
import { action, environmentName, requireEnvironment } from './options.js';
import type { Output } from './output.js';
import { withApp } from './with-app.js';

/** `usergraph signing-keys`: keys of the access tokens of those who sign in here. */
export function registerSigningKeys(program: Command): void {
  const keys = program.command('signing-keys').description('keys that sign the access tokens of this server');
  const rotate = keys
    .command('rotate')
    .description('make the key that signs from now on; tokens of the one before live out')
    .requiredOption('--environment <name>', 'which environment', environmentName)
    .addOption(new Option('--algorithm <name>', 'how it signs').choices(SIGNING_ALGORITHMS).default('EdDSA'))
    .option('--end-others', 'end the tokens of earlier keys at once, as after a theft');
  action(rotate, rotateKey);
  const list = keys
    .command('list')
    .description('show the keys that tokens are verified with')
    .requiredOption('--environment <name>', 'which environment', environmentName);
  action(list, listKeys);
}

async function rotateKey(
  options: { environment: string; algorithm: SigningAlgorithm; endOthers?: boolean },
  output: Output,
): Promise<void> {
  const { environment, algorithm, endOthers = false } = options;
  const key = await withApp(async (app) => {
    const { id } = await requireEnvironment(app, environment);
    return app.services.signingKeys.rotate(id, algorithm, endOthers);
  });
  output.say(`${key.id} signs access tokens of the environment '${environment}' from now on.`);
  if (endOthers) output.say('Tokens of earlier keys are refused: sessions go on with their next refresh.');
  output.result(shown(key));
}

async function listKeys({ environment }: { environment: string }, output: Output): Promise<void> {
  const keys = await withApp(async (app) => {
    const { id } = await requireEnvironment(app, environment);
    return app.services.signingKeys.list(id);
  });
  for (const { id, algorithm, createdAt, retiredAt } of keys) {
    output.say(`${id}  ${algorithm}  ${createdAt}  ${retiredAt === null ? 'signs' : `retired ${retiredAt}`}`);
  }
  if (keys.length === 0) output.say('There are no keys: the first sign-in makes one.');
  output.result({ keys: keys.map(shown) });
}

/** Without its private part, which nobody needs to see, encrypted or not. */
function shown({ privateKey: _, ...key }: SigningKey): Omit<SigningKey, 'privateKey'> {
  return key;
}
