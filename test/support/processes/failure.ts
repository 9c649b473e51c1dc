import { expect } from 'vitest';
import { run } from './process.js';

/** A command as it looks when it failed: one line on standard error, and what went before on standard output. */
export async function failureOf(
  args: readonly string[],
  settings: Record<string, string>,
  uid?: number,
): Promise<string> {
  const { code, err } = await run(args, settings, uid === undefined ? {} : { uid });
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  expect(err).not.toMatch(/^\s+at |Error:/m);
  expect(code).toBe(1);
  return err.trimEnd();
}
