import { type Command, Option } from 'commander';
import type { Scope } from '../auth/scope.js';
import { readSecretFile } from '../secret-file.js';
import { ALGORITHMS, type Algorithm, type Issuer, type NewIssuer, workosIssuer } from '../tokens/issuer.js';
import { action, environmentName, keptText, requireEnvironment, scopeList } from './options.js';
import { type Output, UsageError } from './output.js';
import { withApp } from './with-app.js';

/** What an issuer can be told to be by its claim, where none is named. */
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

/** `usergraph issuers`: whose access tokens are believed. */
export function registerIssuers(program: Command): void {
  const issuers = program.command('issuers').description('issuers whose access tokens are believed');
  const add = issuers
    .command('add')
    .description('believe the access tokens of an issuer')
    .requiredOption('--environment <name>', 'whose users its tokens are of', environmentName)
    .option('--workos <client id>', 'what WorkOS issues for this client: needs none of the options below', keptText)
    .option('--issuer <text>', 'its claim iss, to the letter', keptText)
    .option('--audience <text>', 'what its claim aud holds; without it any', keptText)
    .option('--jwks <url>', 'where its keys are', keptText)
    .option('--key <file>', 'a file with its public key as PEM, instead of --jwks')
    .option('--algorithms <list>', 'signatures that are taken, separated by commas', algorithmList, ['RS256'])
    .addOption(
      new Option('--subject <what>', 'what its claim sub is of a user').choices(['id', 'external-id']).default('id'),
    )
    .option('--scopes <list>', 'scopes its tokens may grant, separated by commas; without it none', scopeList, [])
    .option('--scopes-claim <name>', 'the claim that names them', keptText, SCOPES_CLAIM);
  action(add, addIssuer);
  const list = issuers
    .command('list')
    .description('show the issuers of an environment')
    .requiredOption('--environment <name>', 'which environment', environmentName);
  action(list, listIssuers);
  const remove = issuers
    .command('remove')
    .description('believe an issuer no longer, at once')
    .requiredOption('--environment <name>', 'which environment', environmentName)
    .requiredOption('--id <id>', 'id of the issuer, as "issuers list" shows it');
  action(remove, removeIssuer);
}

async function addIssuer(options: AddOptions, output: Output): Promise<void> {
  const input = options.workos === undefined ? ownIssuer(options) : workosIssuer(options.workos, options.scopes);
  const { IssuerError } = await import('../tokens/issuer.service.js');
  const issuer = await withApp(async (app) => {
    const environment = await requireEnvironment(app, options.environment);
    try {
      return await app.services.issuers.add(environment.id, input);
    } catch (error) {
      throw error instanceof IssuerError ? new UsageError(error.message) : error;
    }
  });
  output.say(
    `Access tokens of ${issuer.issuer} are believed in the environment '${options.environment}': ${issuer.id}.`,
  );
  output.result(issuer);
}

function ownIssuer(options: AddOptions): NewIssuer {
  const { issuer, audience = null, jwks, key, algorithms, scopes, scopesClaim } = options;
  if (issuer === undefined) throw new UsageError('--issuer is missing, or --workos.');
  const rules = { issuer, audience, algorithms, scopes, scopesClaim };
  const subject = options.subject === 'id' ? 'ID' : 'EXTERNAL_ID';
  if (jwks !== undefined && key === undefined) return { ...rules, subject, jwksUrl: jwks, publicKey: null };
  if (jwks === undefined && key !== undefined) return { ...rules, subject, jwksUrl: null, publicKey: readKey(key) };
  throw new UsageError('The keys are at --jwks or in --key: one of them.');
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
  if (issuers.length === 0) output.say('There are no issuers.');
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
  output.say(`Removed ${id}: its tokens are refused from now on.`);
  output.result({ removed: id });
}

function algorithmList(text: string): Algorithm[] {
  const names = text.split(',').map((name) => name.trim());
  const algorithms = ALGORITHMS.filter((algorithm) => names.includes(algorithm));
  if (algorithms.length === new Set(names).size) return algorithms;
  throw new UsageError(`--algorithms are some of ${ALGORITHMS.join(', ')}.`);
}
