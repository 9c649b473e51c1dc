import {
  type Config,
  ConfigError,
  describeSettings,
  type GraphSettings,
  loadConfig,
  loadGraphSettings,
} from '../config.js';
import { loadTemplates } from '../mail/mail-templates.js';

/** The configuration of this process; the one place that takes it from the environment. */
export function readConfig(): Config {
  return loadConfig(process.env);
}

/** What the text of the graph depends on, alone: who composes a supergraph has no database here. */
export function readGraphSettings(): GraphSettings {
  return loadGraphSettings(process.env);
}

/**
 * What is wrong with the configuration, the mail templates and persisted documents it names included; empty when it is
 * usable.
 */
export async function configProblems(): Promise<readonly string[]> {
  try {
    const config = readConfig();
    loadTemplates(config.mail.templates);
    if (config.persistedDocuments.file === null) return [];
    // Loaded when it is needed: documents are held against the graph, which takes its time.
    const { loadDocuments } = await import('../graphql/persisted-documents.js');
    loadDocuments(config);
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
