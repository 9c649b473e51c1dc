import { onTestFinished } from 'vitest';
import type { Overrides } from '../../src/app.js';
import type { Mail } from '../../src/mail/mailer.js';
import { openApp, type TestApp } from './open-app.js';

export {
  type Answer,
  type Execute,
  execute,
  listMailer,
  post,
  type TestApp,
  WITHOUT_BOUNDS,
} from './open-app.js';
export { TestClock } from './test-clock.js';

/** The real app on a fresh database file, with a clock, mails and SQL a test can look at. It goes with the test. */
export async function testApp(settings: Record<string, string> = {}, overrides: Overrides = {}): Promise<TestApp> {
  const { close, ...app } = await openApp(settings, overrides);
  onTestFinished(close);
  return app;
}

/** The code in the newest mail. */
export function codeIn(mail: Mail | undefined): string {
  return /\d{6}/.exec(mail?.text ?? '')?.[0] ?? '';
}
