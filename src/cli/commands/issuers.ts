import { type Command, Option } from 'commander';
import type { Scope } from '../../auth/scope.js';
import { readSecretFile } from '../../secrets/secret-file.js';
import { ALGORITHMS, type Algorithm, type Issuer, type NewIssuer, workosIssuer } from '../../tokens/issuer.js';
import { action, environmentName, requireEnvironment, scopeList, utf8Text } from '../terminal/options.js';
import { type Output, UsageError } from '../terminal/output.js';
import { withApp } from '../terminal/with-app.js';

/** Default of `--scopes-claim` (RFC 8693, section 4.2). */
const SCOPES_CLAIM = 'scope';

interface AddOptions {
  environment: string;
  workos?: string;
  issuer?: string;
  audience?: string;
  jwks?: string;
  key?: string;
  algorithms: readonly Algorithm[];
  subject: 'id' | 'external-id';
  scopes: readonly Scope[];
  scopesClaim: string;
}

/** `usergraph issuers`: the issuers of trusted access tokens. */
export function registerIssuers(program: Command): void {
  const issuers = program.command('issuers').description('manage the issuers of trusted access tokens');
  const add = issuers
    .command('add')
    .description('trust the access tokens of an issuer')
    .requiredOption('--environment <name>', 'name of the environment whose users the tokens identify', environmentName)
    .option('--workos <client id>', 'trust WorkOS tokens of this client; needs none of the options below', utf8Text)
    .option('--issuer <text>', 'exact value of the iss claim', utf8Text)
    .option('--audience <text>', 'required value of the aud claim (default: any)', utf8Text)
    .option('--jwks <url>', 'URL of the JSON Web Key Set', utf8Text)
    .option('--key <file>', 'file with the public key as PEM, instead of --jwks')
    .option('--algorithms <list>', 'accepted signature algorithms, separated by commas', algorithmList, ['RS256'])
    .addOption(
      new Option('--subject <what>', 'what the sub claim contains').choices(['id', 'external-id']).default('id'),
    )
    .option('--scopes <list>', 'scopes that tokens may grant, separated by commas (default: none)', scopeList, [])
    .option('--scopes-claim <name>', 'the claim that contains the scopes', utf8Text, SCOPES_CLAIM);
  action(add, addIssuer);
  const list = issuers
    .command('list')
    .description('list the issuers of an environment')
    .requiredOption('--environment <name>', 'name of the environment', environmentName);
  action(list, listIssuers);
  const remove = issuers
    .command('remove')
    .description('stop trusting an issuer, effective immediately')
    .requiredOption('--environment <name>', 'name of the environment', environmentName)
    .requiredOption('--id <id>', 'id of the issuer, from "issuers list"');
  action(remove, removeIssuer);
}

async function addIssuer(options: AddOptions, output: Output): Promise<void> {
  const input = options.workos === undefined ? ownIssuer(options) : workosIssuer(options.workos, options.scopes);
  const { IssuerError } = await import('../../tokens/issuer.service.js');
  const issuer = await withApp(async (app) => {
    const environment = await requireEnvironment(app, options.environment);
    try {
      return await app.services.issuers.add(environment.id, input);
    } catch (error) {
      throw error instanceof IssuerError ? new UsageError(error.message) : error;
    }
  });
  output.say(
    `Access tokens of ${issuer.issuer} are trusted in the environment '${options.environment}': ${issuer.id}.`,
  );
  output.result(issuer);
}

function ownIssuer(options: AddOptions): NewIssuer {
  const { issuer, audience = null, jwks, key, algorithms, scopes, scopesClaim } = options;
  if (issuer === undefined) throw new UsageError('An issuer is missing: give --issuer or --workos.');
  const rules = { issuer, audience, algorithms, scopes, scopesClaim };
  const subject = options.subject === 'id' ? 'ID' : 'EXTERNAL_ID';
  if (jwks !== undefined && key === undefined) return { ...rules, subject, jwksUrl: jwks, publicKey: null };
  if (jwks === undefined && key !== undefined) return { ...rules, subject, jwksUrl: null, publicKey: readKey(key) };
  throw new UsageError('Use either --jwks or --key to say where the keys are.');
}

function readKey(file: string): string {
  try {
    return readSecretFile(file);
  } catch (error) {
    throw new UsageError(`--key ${file}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

async function listIssuers({ environment }: { environment: string }, output: Output): Promise<void> {
  const issuers = await withApp(async (app) => {
    const { id } = await requireEnvironment(app, environment);
    return app.services.issuers.list(id);
  });
  for (const issuer of issuers) output.say(lineOf(issuer));
  if (issuers.length === 0) output.say('The environment has no issuers.');
  output.result({ issuers });
}

function lineOf({ id, issuer, audience, jwksUrl, scopes }: Issuer): string {
  return [id, issuer, audience ?? 'any audience', jwksUrl ?? 'own key', scopes.join(',') || 'no scopes'].join('  ');
}

async function removeIssuer({ environment, id }: { environment: string; id: string }, output: Output): Promise<void> {
  const removed = await withApp(async (app) => {
    const found = await requireEnvironment(app, environment);
    return app.services.issuers.remove(found.id, id);
  });
  if (!removed) throw new UsageError(`The environment '${environment}' has no issuer '${id}'.`);
  output.say(`Removed ${id}: its tokens are no longer accepted.`);
  output.result({ removed: id });
}

function algorithmList(text: string): Algorithm[] {
  const names = text.split(',').map((name) => name.trim());
  const algorithms = ALGORITHMS.filter((algorithm) => names.includes(algorithm));
  if (algorithms.length === new Set(names).size) return algorithms;
  throw new UsageError(`--algorithms takes a comma-separated list of ${ALGORITHMS.join(', ')}.`);
}
