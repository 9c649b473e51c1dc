import { accessSync, constants, existsSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import type { MailSettings } from '../mail/mailer.js';
import { type Finding, failure, ok, warning } from './finding.js';

/** How long a mail server may take to greet and to answer. */
const SMTP_TIMEOUT_MS = 5_000;

/** Whether mails can leave: a greeting and a log in, and no mail. */
export async function examineMail(settings: MailSettings): Promise<Finding> {
  if (!('smtpUrl' in settings)) return outbox(settings.outbox);
  const transport = createTransport({
    url: settings.smtpUrl,
    connectionTimeout: SMTP_TIMEOUT_MS,
    greetingTimeout: SMTP_TIMEOUT_MS,
    socketTimeout: SMTP_TIMEOUT_MS,
  });
  const { host } = new URL(settings.smtpUrl);
  try {
    await transport.verify();
    return ok('mail', `${host} answers`);
  } catch (error) {
    // Of the error only its code: a message may repeat what the server was told.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
    return failure(
      'mail',
      `${host} does not take mails (${code})`,
      'Check SMTP_URL, and that this machine may connect.',
    );
  } finally {
    transport.close();
  }
}

function outbox(folder: string): Finding {
  const value = `files in ${folder}`;
  if (!existsSync(folder)) return ok('mail', `${value}, made with the first mail`);
  try {
    accessSync(folder, constants.W_OK);
    return ok('mail', value);
  } catch {
    return warning('mail', `${folder} cannot be written`, 'Let the user of the server write there.');
  }
}
