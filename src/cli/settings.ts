import { type Config, ConfigError, describeSettings, loadConfig } from '../config.js';
import { loadTemplates } from '../mail/mail-templates.js';

/** The configuration of this process; the one place that takes it from the environment. */
export function readConfig(): Config {
  return loadConfig(process.env);
}

/** What is wrong with the configuration, the mail templates it names included; empty when it is usable. */
export function configProblems(): readonly string[] {
  try {
    loadTemplates(readConfig().mail.templates);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** Every setting as it counts, secrets left out. */
export function effectiveSettings(): Record<string, unknown> {
  return describeSettings(process.env);
}
