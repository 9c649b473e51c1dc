import { isIP } from 'node:net';
import { z } from 'zod';
import type { Kind } from './setting.js';

/** A value whose rule has no other home. */
export function text<T>(rule: z.ZodType<T, string>, wanted: string): Kind<T> {
  return { rule, wanted };
}

/** One of these words. */
export function oneOf<const T extends string>(words: readonly T[]): Kind<T> {
  return { rule: z.enum(words), wanted: `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` };
}

const BOOLEANS = oneOf(['true', 'false']);

/** `true` or `false`. */
export const flag: Kind<boolean> = { ...BOOLEANS, rule: BOOLEANS.rule.transform((word) => word === 'true') };

/** Only digits: `Number` also accepts other texts, and reads a blank one as 0. */
export function wholeNumber(least: number, most: number): Kind<number> {
  return { rule: number(/^\d{1,15}$/, least, most), wanted: `a whole number from ${least} to ${most}` };
}

/** A number with or without decimals. */
export function decimal(least: number, most: number): Kind<number> {
  return { rule: number(/^\d{1,15}(\.\d{1,15})?$/, least, most), wanted: `a number from ${least} to ${most}` };
}

function number(form: RegExp, least: number, most: number): z.ZodType<number, string> {
  return z.string().regex(form).transform(Number).pipe(z.number().min(least).max(most));
}

/** Texts that are separated by commas. */
export function list<T>(item: z.ZodType<T, string>, wanted: string): Kind<readonly T[]> {
  const parts = z.string().transform((whole) =>
    whole
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  );
  return { rule: parts.pipe(z.array(item)), wanted };
}

/** The path of a file or folder. It is used as it is: only a shell gives `~` a meaning. */
export function path(of: 'file' | 'folder'): Kind<string> {
  return { rule: z.string().regex(/^(?!~)/), wanted: `a ${of}, its path without ~` };
}

/** A URL of one of these schemes. */
export function url(...schemes: readonly string[]): Kind<string> {
  return {
    rule: z.url({ protocol: new RegExp(`^(${schemes.join('|')})$`), hostname: /./ }),
    wanted: schemes.map((scheme) => `${scheme}://…`).join(' or '),
  };
}

/** An address to listen on. An IPv6 address may have brackets, as in a URL. */
export const host: Kind<string> = {
  rule: z
    .string()
    .transform((given) => (/^\[.*\]$/.test(given) ? given.slice(1, -1) : given))
    .refine((given) => isIP(given) !== 0 || /^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i.test(given)),
  wanted: 'an address of this machine, e.g. 127.0.0.1, ::1 or localhost',
};

/**
 * The value of a header. Node reads bytes that are not UTF-8 as U+FFFD. A line break, which would begin another header,
 * is a control character, and no setting has one.
 */
export const headerText = z.string().regex(/^[^\ufffd]*$/);
