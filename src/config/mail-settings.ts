import { resolve } from 'node:path';
import type { MailSettings } from '../mail/mailer.js';
import { secret, setting, type ValuesOf } from './setting.js';
import { decimal, headerText, path, text, url, wholeNumber } from './setting-kinds.js';

const DEFAULT_SENDER = 'usergraph <no-reply@localhost>';

/** Settings of mails. */
export const mailSettings = {
  SMTP_URL: secret(
    setting(url('smtp', 'smtps'), {
      meaning:
        '`smtp://` or `smtps://` with user, password, host and port. Without it, mails are written to files in MAIL_OUTBOX.',
    }),
  ),
  MAIL_FROM: setting(text(headerText.includes('@'), 'an address in UTF-8, e.g. Accounts <accounts@example.com>'), {
    meaning: 'Sender of the mails.',
    unset: `\`${DEFAULT_SENDER}\`; required with SMTP_URL`,
  }),
  MAIL_OUTBOX: setting(path('folder'), {
    meaning: 'Folder that mails are written to when SMTP_URL is not set.',
    unset: '`outbox` beside the database',
  }),
  MAIL_REPLY_TO: setting(text(headerText.includes('@'), 'an address in UTF-8, e.g. Support <support@example.com>'), {
    meaning: 'Address that replies to the mails go to.',
    unset: 'none: replies go to the sender',
  }),
  MAIL_PRODUCT_NAME: setting(text(headerText.max(100), 'a name of at most 100 characters in UTF-8'), {
    meaning: 'Name of your product in the mails.',
    unset: 'the name in MAIL_FROM',
  }),
  MAIL_TEMPLATES: setting(path('folder'), {
    meaning: 'Folder of custom mail templates.',
    unset: 'none: the built-in templates',
  }),
  MAIL_DAILY_QUOTA: setting(wholeNumber(1, 10_000_000), {
    meaning: 'Maximum number of mails with a code that an environment may send per UTC day.',
    default: 10_000,
  }),
  SMTP_TIMEOUT_SECONDS: setting(decimal(1, 30), {
    meaning: 'How long the mail server may take to accept a connection, to send its greeting and to reply.',
    default: 10,
  }),
};

/** How mails are sent. */
export function mailOf(settings: ValuesOf<typeof mailSettings>, defaultOutbox: string): MailSettings {
  const from = settings.MAIL_FROM ?? DEFAULT_SENDER;
  const nameInFrom = /^\s*"?([^"<]*[^"<\s])"?\s*</.exec(from)?.[1];
  const common = {
    from,
    replyTo: settings.MAIL_REPLY_TO ?? null,
    productName: settings.MAIL_PRODUCT_NAME ?? nameInFrom ?? 'usergraph',
    templates: settings.MAIL_TEMPLATES === undefined ? null : resolve(settings.MAIL_TEMPLATES),
    dailyQuota: settings.MAIL_DAILY_QUOTA,
  };
  return settings.SMTP_URL === undefined
    ? { ...common, outbox: resolve(settings.MAIL_OUTBOX ?? defaultOutbox) }
    : { ...common, smtpUrl: settings.SMTP_URL, timeoutSeconds: settings.SMTP_TIMEOUT_SECONDS };
}
