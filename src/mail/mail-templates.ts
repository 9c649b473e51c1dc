import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import mustache from 'mustache';
import { ConfigError } from '../domain/operator-error.js';
import { decodeUtf8, normalizeLocale } from '../input/text.js';
import { BUILT_IN, type TemplateParts } from './built-in-templates.js';
import { MAIL_VALUES, type MailTemplate } from './mail.js';

/** Values by placeholder name. */
export type MailValues = Readonly<Record<string, string>>;

export interface MailTemplates {
  /** Renders a template in the language that matches `locale` best. Values are escaped in HTML. */
  render(template: MailTemplate, locale: string | null, values: MailValues): TemplateParts;
}

/** Email clients clip messages larger than about 100 KiB. */
export const MAX_TEMPLATE_BYTES = 102_400;
/** Email clients show about a quarter of it. RFC 5322, 2.1.1, allows lines of 998 characters. */
export const MAX_SUBJECT_LENGTH = 200;

/** File suffixes of the parts of a template. */
const FILES = { subject: 'subject.txt', text: 'txt', html: 'html' } as const;
const NAMES = Object.keys(MAIL_VALUES) as MailTemplate[]; // the keys of a table are what keys gives

type Own = Partial<Record<MailTemplate, TemplateParts>>;

/**
 * Loads the templates in `folder`, which override the built-in ones. A template consists of three files, e.g.
 * `email-change.subject.txt`, `email-change.txt` and `email-change.html`. A subfolder named by a language tag, e.g.
 * `pt-BR` or `de`, contains the templates for users with that locale.
 *
 * @throws {ConfigError} with every file that cannot be used and every placeholder that is wrong
 */
export function loadTemplates(folder: string | null): MailTemplates {
  const problems: string[] = [];
  const byLocale = new Map<string, Own>();
  if (folder !== null) readFolder(folder, byLocale, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    render(template, locale, values) {
      const own = localesFrom(locale).map((tag) => byLocale.get(tag)?.[template]);
      const parts = own.find((one) => one !== undefined) ?? BUILT_IN[template];
      const plain = (text: string) => mustache.render(text, values, {}, { escape: String });
      return {
        subject: plain(parts.subject).trim(),
        text: plain(parts.text),
        html: mustache.render(parts.html, values),
      };
    },
  };
}

const NO_LOCALE = '';

/** Returns the locales to try in order, e.g. `zh-Hant-TW`, `zh-Hant`, `zh`, and at last the one without language. */
function localesFrom(locale: string | null): string[] {
  const subtags = locale === null ? [] : locale.split('-');
  return [...subtags.map((_, index) => subtags.slice(0, subtags.length - index).join('-')), NO_LOCALE];
}

function readFolder(folder: string, byLocale: Map<string, Own>, problems: string[]): void {
  try {
    byLocale.set(NO_LOCALE, readTemplates(folder, '', problems));
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
      if (normalizeLocale(entry.name) === entry.name)
        byLocale.set(entry.name, readTemplates(folder, entry.name, problems));
      else problems.push(`MAIL_TEMPLATES has a folder ${entry.name}; wanted: a language tag, e.g. de or pt-BR.`);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    problems.push(`MAIL_TEMPLATES is ${JSON.stringify(folder)} and cannot be read: ${code}.`);
  }
}

function readTemplates(root: string, locale: string, problems: string[]): Own {
  const folder = join(root, locale);
  const present = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && /\.(txt|html)$/.test(entry.name))
    .map(({ name }) => name);
  const known = NAMES.flatMap((name) => Object.values(FILES).map((suffix) => `${name}.${suffix}`));
  for (const file of present.filter((name) => !known.includes(name))) {
    problems.push(
      `MAIL_TEMPLATES has ${join(locale, file)}, which is not a template file; valid names are ${known.join(', ')}.`,
    );
  }
  const own: Own = {};
  for (const name of NAMES) {
    const missing = Object.values(FILES).filter((suffix) => !present.includes(`${name}.${suffix}`));
    if (missing.length === Object.keys(FILES).length) continue;
    for (const suffix of missing) problems.push(`MAIL_TEMPLATES lacks ${join(locale, `${name}.${suffix}`)}.`);
    if (missing.length > 0) continue;
    const read = (suffix: string) => readPart(folder, join(locale, `${name}.${suffix}`), `${name}.${suffix}`, problems);
    const parts = { subject: read(FILES.subject).trim(), text: read(FILES.text), html: read(FILES.html) };
    checkParts(name, locale, parts, problems);
    own[name] = parts;
  }
  return own;
}

function readPart(folder: string, shown: string, file: string, problems: string[]): string {
  const { size } = statSync(join(folder, file));
  const text = size <= MAX_TEMPLATE_BYTES ? decodeUtf8(readFileSync(join(folder, file))) : null;
  if (text !== null) return text;
  if (size <= MAX_TEMPLATE_BYTES) problems.push(`${shown} is not UTF-8; save it in UTF-8.`);
  else problems.push(`${shown} has ${size} bytes; a template has at most ${MAX_TEMPLATE_BYTES}.`);
  return '';
}

function checkParts(name: MailTemplate, locale: string, parts: TemplateParts, problems: string[]): void {
  const fileOf = (part: keyof TemplateParts) => join(locale, `${name}.${FILES[part]}`);
  if (parts.subject === '' || parts.subject.length > MAX_SUBJECT_LENGTH || /[\r\n]/.test(parts.subject)) {
    problems.push(`${fileOf('subject')} must be one line of 1 to ${MAX_SUBJECT_LENGTH} characters.`);
  }
  const known: readonly string[] = MAIL_VALUES[name];
  for (const part of ['subject', 'text', 'html'] as const) {
    const used = placeholdersIn(parts[part], fileOf(part), problems);
    for (const unknown of used.filter((one) => !known.includes(one))) {
      problems.push(
        `${fileOf(part)} has {{${unknown}}}; valid placeholders are ${known.map((one) => `{{${one}}}`).join(', ')}.`,
      );
    }
    if (part !== 'subject' && known.includes('code') && !used.includes('code')) {
      problems.push(`${fileOf(part)} lacks {{code}}, which is required.`);
    }
  }
}

/** Returns the placeholders of a template. Reports other Mustache tags: sections, partials and unescaped values. */
function placeholdersIn(text: string, file: string, problems: string[]): string[] {
  try {
    const tokens: readonly (readonly unknown[])[] = mustache.parse(text);
    const others = tokens.filter(([kind]) => kind !== 'text' && kind !== 'name' && kind !== '!');
    for (const [kind, name] of others) {
      const what = kind === '&' ? 'unescaped' : 'more than a placeholder';
      problems.push(`${file} has {{${String(kind)}${String(name)}}}, which is ${what}; wanted: {{name}}.`);
    }
    return [...new Set(tokens.filter(([kind]) => kind === 'name').map(([, name]) => String(name)))];
  } catch (error) {
    problems.push(`${file} is not a template: ${error instanceof Error ? error.message : String(error)}.`);
    return [];
  }
}
