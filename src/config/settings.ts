import { databaseSettings } from './database-settings.js';
import { eventSettings } from './event-settings.js';
import { graphSettings } from './graph-settings.js';
import { limitSettings } from './limit-settings.js';
import { mailSettings } from './mail-settings.js';
import { serverSettings } from './server-settings.js';
import type { SecretSetting, ValuesOf } from './setting.js';
import { telemetrySettings } from './telemetry-settings.js';
import { tokenSettings } from './token-settings.js';

/** Every setting, as it is declared. */
export const declarations = {
  ...databaseSettings,
  ...serverSettings,
  ...mailSettings,
  ...tokenSettings,
  ...graphSettings,
  ...limitSettings,
  ...eventSettings,
  ...telemetrySettings,
};

/** Every setting, read. */
export type Settings = ValuesOf<typeof declarations>;

/** The name of a setting. */
export type SettingName = keyof Settings;

/** The name of a setting whose value is never shown. */
type SecretName = {
  [Name in SettingName]: (typeof declarations)[Name] extends SecretSetting<unknown> ? Name : never;
}[SettingName];

/** The meaning of each environment variable, its default included. */
export const SETTINGS = Object.fromEntries(
  Object.entries(declarations).flatMap(([name, { meaning, isSecret }]) => {
    const own = [name, meaning];
    return isSecret ? [own, [fileVariable(name), `File that contains ${name}. Set it instead of ${name}.`]] : [own];
  }),
) as Readonly<Record<SettingName | `${SecretName}_FILE`, string>>; // the keys are the names, and the files of the secrets

/** The variable that names a file which holds a secret. */
export function fileVariable(name: string): string {
  return `${name}_FILE`;
}
