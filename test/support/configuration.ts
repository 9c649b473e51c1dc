import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/config.js';
import { ConfigError } from '../../src/domain/operator-error.js';
import { folder } from './processes/process.js';

/** What is wrong with a configuration. */
export function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** A file that goes with the test. */
export function fileWith(content: string, name = 'secret'): string {
  const file = join(folder(), name);
  writeFileSync(file, content);
  return file;
}
