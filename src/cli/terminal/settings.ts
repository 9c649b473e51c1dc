import {
  type Config,
  describeSettings,
  type GraphSettings,
  loadConfig,
  loadGraphSettings,
} from '../../config/config.js';
import type { DatabaseConfig } from '../../config/database-settings.js';
import { ConfigError } from '../../domain/operator-error.js';
import { loadTemplates } from '../../mail/mail-templates.js';

/** Reads the configuration from the environment variables of this process. @param overrides settings that count instead */
export function readConfig(overrides: Readonly<Record<string, string>> = {}): Config {
  return loadConfig(process.env, overrides);
}

/**
 * Reads where a database is, with the settings for PostgreSQL.
 *
 * @param url as in DATABASE_URL
 */
export function readDatabase(url: string): DatabaseConfig {
  // Nothing is encrypted or signed with this key. A command reads what it has written, from the primary.
  const unused = { SECRET_KEY: 'unused'.repeat(6), SECRET_KEY_FILE: '', DATABASE_REPLICA_URLS: '' };
  return readConfig({ DATABASE_URL: url, ...unused }).database;
}

/** Reads only the settings that affect the SDL, because composing a supergraph requires no database. */
export function readGraphSettings(): GraphSettings {
  return loadGraphSettings(process.env);
}

/**
 * Returns the problems of the configuration, including the mail templates and persisted documents that it names. Empty
 * when it is valid.
 */
export async function configProblems(): Promise<readonly string[]> {
  try {
    const config = readConfig();
    loadTemplates(config.mail.templates);
    if (config.persistedDocuments.file === null) return [];
    // Loaded on demand, because validating documents requires the schema, which is slow to build.
    const { loadDocuments } = await import('../../graphql/execution/persisted-documents.js');
    const { createSchema } = await import('../../graphql/schema.js');
    loadDocuments(config.persistedDocuments, () => createSchema(config.prefixes));
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** Returns the effective value of each setting. Secrets are not shown. */
export function effectiveSettings(): Record<string, unknown> {
  return describeSettings(process.env);
}
