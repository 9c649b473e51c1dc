import type { z } from 'zod';

/** The values a setting accepts: the rule that reads one from its text, and the words that describe them in a message. */
export interface Kind<T> {
  readonly rule: z.ZodType<T, string>;
  readonly wanted: string;
}

/** The result of reading a setting; null when its text breaks the rule, or when it is required and not set. */
export type Reading<T> = { readonly value: T } | null;

/** One setting, as it is declared. */
export interface Setting<T> {
  read(text: string | undefined): Reading<T>;
  readonly wanted: string;
  /** The text of the documentation, with the default. */
  readonly meaning: string;
  readonly isSecret: boolean;
}

/** A setting whose value is never shown. `<name>_FILE` names a file that holds it. */
export interface SecretSetting<T> extends Setting<T> {
  readonly isSecret: true;
}

interface Required {
  readonly meaning: string;
  readonly isRequired: true;
}

interface Optional {
  readonly meaning: string;
  /** What counts when it is not set, for the documentation. */
  readonly unset?: string;
}

interface WithDefault<T> {
  readonly meaning: string;
  readonly default: T;
  /** Follows the default in the documentation. */
  readonly note?: string;
}

/** Declares a setting. Without a default, and unless it is required, its value is undefined when it is not set. */
export function setting<T>(kind: Kind<T>, declared: Required | WithDefault<NoInfer<T>>): Setting<T>;
export function setting<T>(kind: Kind<T>, declared: Optional): Setting<T | undefined>;
export function setting<T>(
  { rule, wanted }: Kind<T>,
  declared: Required | Optional | WithDefault<T>,
): Setting<T | undefined> {
  const isRequired = 'isRequired' in declared;
  const absent = isRequired ? null : { value: 'default' in declared ? declared.default : undefined };
  return {
    read(text) {
      if (text === undefined) return absent;
      const { success, data } = rule.safeParse(text);
      return success ? { value: data } : null;
    },
    wanted,
    meaning: meaningOf(declared),
    isSecret: false,
  };
}

/** Declares a setting to be secret. */
export function secret<T>(declared: Setting<T>): SecretSetting<T> {
  return { ...declared, isSecret: true };
}

/** The values of declared settings, by name. */
export type ValuesOf<Declared> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Setting<infer T> ? T : never;
};

function meaningOf(declared: Required | Optional | WithDefault<unknown>): string {
  const { meaning } = declared;
  if ('isRequired' in declared) return `Required. ${meaning}`;
  if ('default' in declared) return `${meaning} The default is ${textOf(declared.default)}${declared.note ?? ''}.`;
  return 'unset' in declared ? `${meaning} The default is ${declared.unset}.` : meaning;
}

function textOf(value: unknown): string {
  return String(value) || 'none';
}
