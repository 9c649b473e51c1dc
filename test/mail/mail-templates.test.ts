import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import { ConfigError } from '../../src/domain/operator-error.js';
import { MAIL_VALUES, type MailTemplate } from '../../src/mail/mail.js';
import { loadTemplates, MAX_SUBJECT_LENGTH, MAX_TEMPLATE_BYTES } from '../../src/mail/mail-templates.js';
import { makeUser } from '../support/make.js';
import { codeIn, testApp } from '../support/test-app.js';

/** A folder with these files in it. */
function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-templates-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function whole(name: string, mark: string): Record<string, string> {
  return {
    [`${name}.subject.txt`]: `${mark} for {{productName}}\n`,
    [`${name}.txt`]: `${mark} {{code}}`,
    [`${name}.html`]: `<p>${mark} {{code}} {{! not shown }}</p>`,
  };
}

function problemsOf(files: Record<string, string>): readonly string[] {
  try {
    loadTemplates(folderOf(files));
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const VALUES = { code: '012345', minutes: '10', productName: 'A & <b>', recipient: "o'neil&co@example.com" };

test.each(Object.keys(MAIL_VALUES) as MailTemplate[])(
  'the built-in mail %s is whole, escaped and self-contained',
  (name) => {
    const { subject, text, html } = loadTemplates(null).render(name, null, VALUES);
    expect(subject).toContain('A & <b>');
    expect(text).not.toMatch(/&\w+;/);
    expect(html).toContain('A &amp; &lt;b&gt;');
    expect(html).not.toContain('<b>');
    expect(html).toContain('o&#39;neil&amp;co@example.com');
    for (const part of [subject, text, html]) expect(part).not.toMatch(/\{\{|undefined/);
    // Nothing is fetched when the mail is opened, and it has no ground of its own that the dark could clash with.
    expect(html).not.toMatch(/https?:|src=|url\(|background/i);
    expect(html).toContain('content="light dark"');
    const holdsCode = (MAIL_VALUES[name] as readonly string[]).includes('code');
    expect([text, html].map((part) => part.includes('012345'))).toEqual([holdsCode, holdsCode]);
  },
);

test("custom templates replace built-in ones, in the language closest to the user's", async () => {
  const folder = folderOf({
    ...whole('email-verification', 'Own'),
    ...Object.fromEntries(Object.entries(whole('email-verification', 'Eigene')).map(([k, v]) => [`de/${k}`, v])),
    ...Object.fromEntries(Object.entries(whole('email-verification', 'Brasil')).map(([k, v]) => [`pt-BR/${k}`, v])),
    'notes.md': 'Not a template.',
    '.hidden/x.txt': 'Not a template.',
  });
  const settings = { MAIL_TEMPLATES: folder, MAIL_PRODUCT_NAME: 'Q&A' };
  const { client, mails } = await testApp(settings);
  const execute = await client();
  const send = 'mutation ($id: ID!) { sendVerificationEmail(input: { userId: $id }) { errors { __typename } } }';
  const subjects: (string | undefined)[] = [];
  for (const locale of [null, 'de', 'de-CH', 'pt-BR', 'pt', 'ja-JP']) {
    const id = await makeUser(execute, { email: `${locale}@example.com` });
    const update =
      'mutation ($id: ID!, $locale: String) { updateUser(input: { id: $id, locale: $locale }) { user { id } } }';
    await execute(update, { id, locale });
    await execute(send, { id });
    const mail = mails.at(-1);
    expect(mail?.html).toMatch(new RegExp(`^<p>\\w+ ${codeIn(mail)} </p>$`));
    subjects.push(mail?.subject);
  }
  expect(subjects).toEqual(['Own', 'Eigene', 'Eigene', 'Brasil', 'Own', 'Own'].map((mark) => `${mark} for Q&A`));
  const change =
    'mutation ($id: ID!) { sendEmailChange(input: { userId: $id, newEmail: "n@example.com" }) { newEmail } }';
  await execute(change, { id: await makeUser(execute, { email: 'x@example.com' }) });
  expect(mails.at(-1)?.subject).toBe('Confirm your new address for Q&A');
});

test('a file that is not UTF-8 is refused, and a byte order mark is ignored', () => {
  const files = whole('email-verification', 'Own');
  const folder = folderOf({ ...files, 'email-verification.subject.txt': '\u{feff}Own' });
  expect(loadTemplates(folder).render('email-verification', null, VALUES).subject).toBe('Own');
  writeFileSync(join(folder, 'email-verification.txt'), Buffer.from('F\u00fcr Sie: {{code}}', 'latin1'));
  expect(() => loadTemplates(folder)).toThrow(/ {2}email-verification\.txt is not UTF-8; save it in UTF-8\./);
});

test('all problems of a template folder are reported at once, with file and placeholder', () => {
  expect(
    problemsOf({
      ...whole('email-verification', 'Own'),
      'email-verification.txt': 'Your code is {{cod}}',
      'email-verification.html': '<p>{{{code}}} {{#minutes}}x{{/minutes}}</p>',
      'email-change.txt': '{{code}}',
      'email-changed.subject.txt': 'two\nlines',
      'email-changed.txt': '{{code}}',
      'email-changed.html': '{{ open',
      'email-verificaton.html': 'a slip of the pen',
      ...Object.fromEntries(Object.entries(whole('email-change', 'X')).map(([k, v]) => [`german_texts/${k}`, v])),
      'de/email-change.html': '{{code}}',
    }),
  ).toEqual([
    expect.stringMatching(
      /^MAIL_TEMPLATES has email-verificaton\.html, which is not a template file; valid names are email-/,
    ),
    'email-verification.txt has {{cod}}; valid placeholders are {{code}}, {{minutes}}, {{productName}}, {{recipient}}.',
    'email-verification.txt lacks {{code}}, which is required.',
    'email-verification.html has {{&code}}, which is unescaped; wanted: {{name}}.',
    'email-verification.html has {{#minutes}}, which is more than a placeholder; wanted: {{name}}.',
    'email-verification.html lacks {{code}}, which is required.',
    'MAIL_TEMPLATES lacks email-change.subject.txt.',
    'MAIL_TEMPLATES lacks email-change.html.',
    `email-changed.subject.txt must be one line of 1 to ${MAX_SUBJECT_LENGTH} characters.`,
    'email-changed.txt has {{code}}; valid placeholders are {{productName}}, {{recipient}}.',
    expect.stringMatching(/^email-changed\.html is not a template: Unclosed tag/),
    'MAIL_TEMPLATES lacks de/email-change.subject.txt.',
    'MAIL_TEMPLATES lacks de/email-change.txt.',
    'MAIL_TEMPLATES has a folder german_texts; wanted: a language tag, e.g. de or pt-BR.',
  ]);
});

test('a template and a subject are accepted at their limit, and refused one character past it', () => {
  const html = (bytes: number) => '{{code}}'.padEnd(bytes, 'x');
  const files = (bytes: number, subject: number) => ({
    ...whole('email-change', 'Own'),
    'email-change.html': html(bytes),
    'email-change.subject.txt': 'x'.repeat(subject),
  });
  expect(problemsOf(files(MAX_TEMPLATE_BYTES, MAX_SUBJECT_LENGTH))).toEqual([]);
  expect(problemsOf(files(MAX_TEMPLATE_BYTES + 1, MAX_SUBJECT_LENGTH))[0]).toBe(
    `email-change.html has ${MAX_TEMPLATE_BYTES + 1} bytes; a template has at most ${MAX_TEMPLATE_BYTES}.`,
  );
  expect(problemsOf(files(100, MAX_SUBJECT_LENGTH + 1))).toEqual([
    `email-change.subject.txt must be one line of 1 to ${MAX_SUBJECT_LENGTH} characters.`,
  ]);
});

test('a missing template folder prevents the start', async () => {
  const config = loadConfig({ DATABASE_URL: 'file:./unused.db', MAIL_TEMPLATES: '/nowhere/templates' });
  await expect(createApp(config)).rejects.toThrow('MAIL_TEMPLATES is "/nowhere/templates" and cannot be read: ENOENT.');
});

test('the product name comes from its setting, or from MAIL_FROM', () => {
  const nameFor = (settings: Record<string, string>) =>
    loadConfig({ DATABASE_URL: 'file:./unused.db', ...settings }).mail.productName;
  expect(nameFor({})).toBe('usergraph');
  expect(nameFor({ MAIL_FROM: 'no-reply@example.com' })).toBe('usergraph');
  expect(nameFor({ MAIL_FROM: 'Acme Accounts <no-reply@example.com>' })).toBe('Acme Accounts');
  expect(nameFor({ MAIL_FROM: '"Acme, Inc." <no-reply@example.com>' })).toBe('Acme, Inc.');
  expect(nameFor({ MAIL_FROM: 'Acme <a@example.com>', MAIL_PRODUCT_NAME: 'Other' })).toBe('Other');
});

test.each(['MAIL_FROM', 'MAIL_REPLY_TO', 'MAIL_PRODUCT_NAME'])('%s cannot begin another header', (name) => {
  const environment = { DATABASE_URL: 'file:./unused.db', [name]: 'a@example.com\r\nBcc: b@example.com' };
  expect(() => loadConfig(environment)).toThrow(ConfigError);
});
