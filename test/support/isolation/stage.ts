import type { Mail } from '../../../src/mail/mailer.js';
import { type Kept, keptBy } from '../open-app.js';
import { execute, testApp } from '../test-app.js';
import { makeTwins, requeue } from './twins.js';
import { makeWorld, SETTINGS, type World } from './two-environments.js';

/** What a script begins with: A in a file of its own, or beside B. */
export interface Stage {
  readonly a: World;
  readonly b: World | null;
  /** A's key. */
  readonly secret: string;
  readonly mails: readonly Mail[];
  readonly kept: Kept;
}

/** Making the environments takes longer than the script, so that this is done once for many scripts. */
export async function makeStage(hasNeighbor: boolean, events?: number): Promise<Stage> {
  const app = await testApp(SETTINGS);
  const secret = await app.key('A');
  const a = await makeWorld(app, (query, variables) => execute(app.app, secret, query, variables), 'A');
  const b = hasNeighbor ? await makeWorld(app, await app.client('B'), 'B') : null;
  if (b) await makeTwins(app, a, events);
  await requeue(app);
  return { a, b, secret, mails: [...app.mails], kept: keptBy(app) };
}
