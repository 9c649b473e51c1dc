import { expect } from 'vitest';
import type { EnvironmentId } from '../../../src/domain/ids.js';
import { createLogger } from '../../../src/runtime/logger.js';
import type { NewIssuer } from '../../../src/tokens/issuer.js';
import { type KeyPair, type KeyServer, keyPair, keyServer } from '../issuer.js';
import { makeUser } from '../make.js';
import { type Answer, execute, type TestApp, testApp } from '../test-app.js';

export const ISSUER = 'https://id.example.com';
export const AUDIENCE = 'https://api.example.com';
const WHO = '{ viewer { user { id email } scopes environment { name } apiKey { id } } }';

export interface World extends TestApp {
  readonly userId: string;
  readonly environmentId: EnvironmentId;
  readonly pair: KeyPair;
  readonly keys: KeyServer;
  readonly log: Record<string, unknown>[];
  readonly claims: { readonly iss: string; readonly aud: string; readonly sub: string };
  ask(token: string, query?: string): Promise<Answer>;
}

export const RULES = {
  issuer: ISSUER,
  audience: AUDIENCE,
  algorithms: ['RS256'],
  subject: 'ID',
  scopes: [],
  scopesClaim: 'scope',
} as const;

export async function environmentOf({ app }: TestApp, name = 'test'): Promise<EnvironmentId> {
  const environment = await app.services.environments.findByName(app.db.reader, name);
  if (!environment) throw new Error('There is one.');
  return environment.id;
}

/** An environment with a user, and an issuer whose tokens it believes. */
export async function world(more: Partial<NewIssuer> = {}, settings: Record<string, string> = {}): Promise<World> {
  const log: Record<string, unknown>[] = [];
  const logger = createLogger('info', { write: (line) => log.push(JSON.parse(line)) });
  const app = await testApp(settings, { logger });
  const userId = await makeUser(await app.client(), { email: 'ada@example.com', externalId: 'ada' });
  const pair = keyPair('first');
  const keys = await keyServer(pair.jwk);
  const environmentId = await environmentOf(app);
  const source = { jwksUrl: keys.url, publicKey: null };
  await app.app.services.issuers.add(environmentId, { ...RULES, ...source, ...more } as NewIssuer);
  const claims = { iss: ISSUER, aud: AUDIENCE, sub: userId };
  return {
    ...app,
    userId,
    environmentId,
    pair,
    keys,
    log,
    claims,
    ask: (token, query = WHO) => execute(app.app, token, query),
  };
}

/** Asserts that the token is refused in the words of every refusal, and that the log alone knows why. */
export async function expectRefused({ ask, log }: World, token: string, reason: string | RegExp): Promise<void> {
  log.length = 0;
  const { errors } = await ask(token);
  expect(errors?.map(({ message, extensions }) => [extensions.code, message])).toEqual([
    ['UNAUTHENTICATED', 'The access token is not valid or has expired. Sign in again or refresh the session.'],
  ]);
  const [line] = log.filter(({ msg }) => msg === 'access token refused');
  expect(line?.reason).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  expect(JSON.stringify(log)).not.toContain('ada@example.com');
}
