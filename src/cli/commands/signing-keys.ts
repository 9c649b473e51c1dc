import { type Command, Option } from 'commander';
import { SIGNING_ALGORITHMS, type SigningAlgorithm, type SigningKey } from '../../tokens/signing-key.js';
import { action, environmentName, requireEnvironment } from '../terminal/options.js';
import type { Output } from '../terminal/output.js';
import { withApp } from '../terminal/with-app.js';

/** `usergraph signing-keys`: manages the keys that sign the access tokens of this server. */
export function registerSigningKeys(program: Command): void {
  const keys = program.command('signing-keys').description('manage the keys that sign access tokens');
  const rotate = keys
    .command('rotate')
    .description('create a new signing key; tokens of the previous key stay valid until they expire')
    .requiredOption('--environment <name>', 'name of the environment', environmentName)
    .addOption(new Option('--algorithm <name>', 'signature algorithm').choices(SIGNING_ALGORITHMS).default('EdDSA'))
    .option('--end-others', 'invalidate the tokens of all earlier keys at once, e.g. after a key was stolen');
  action(rotate, rotateKey);
  const list = keys
    .command('list')
    .description('list the keys that verify tokens')
    .requiredOption('--environment <name>', 'name of the environment', environmentName);
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
  output.say(`${key.id} now signs the access tokens of the environment '${environment}'.`);
  if (endOthers) output.say('Tokens of earlier keys are no longer accepted: clients continue with their next refresh.');
  output.result(withoutPrivateKey(key));
}

async function listKeys({ environment }: { environment: string }, output: Output): Promise<void> {
  const keys = await withApp(async (app) => {
    const { id } = await requireEnvironment(app, environment);
    return app.services.signingKeys.list(id);
  });
  for (const { id, algorithm, createdAt, retiredAt } of keys) {
    output.say(`${id}  ${algorithm}  ${createdAt}  ${retiredAt === null ? 'signs' : `retired ${retiredAt}`}`);
  }
  if (keys.length === 0) output.say('The environment has no keys: the first sign-in creates one.');
  output.result({ keys: keys.map(withoutPrivateKey) });
}

/** Returns the key without its private part, which is never printed, not even encrypted. */
function withoutPrivateKey({ privateKey: _, ...key }: SigningKey): Omit<SigningKey, 'privateKey'> {
  return key;
}
