import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { codeOf } from '../runtime/system-error.js';
import { deliverableEmail } from '../users/user.js';
import { MailError } from './mail.js';
import { smtpErrorOf } from './smtp-error.js';

export interface Mail {
  /** The same for each attempt. It becomes the Message-ID, so that mail systems can detect duplicates. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Hands emails over to a mail server, a folder or, in tests, a list. */
export interface Mailer {
  /** Sends an email. @throws {MailError} when it was not accepted, or `signal` aborted the attempt */
  send(mail: Mail, signal: AbortSignal): Promise<void>;
  close(): void;
}

export type MailSettings = {
  /** Sender address. */
  readonly from: string;
  /** Reply-To address, if it differs from the sender. */
  readonly replyTo: string | null;
  /** Name of the product in emails. */
  readonly productName: string;
  /** Folder of custom templates. */
  readonly templates: string | null;
  /** The number of emails that an environment can queue per UTC day. */
  readonly dailyQuota: number;
} & ({ readonly smtpUrl: string; readonly timeoutSeconds: number } | { readonly outbox: string });

interface Message extends Omit<Mail, 'to'> {
  readonly to: { readonly name: string; readonly address: string };
  readonly from: string;
  readonly replyTo?: string;
  readonly messageId: string;
  readonly headers: Record<string, string>;
}

interface Delivery {
  send(message: Message, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Creates a mailer that sends over SMTP or writes `.eml` files to a folder. */
export function createMailer(settings: MailSettings): Mailer {
  const delivery =
    'smtpUrl' in settings ? overSmtp(settings.smtpUrl, settings.timeoutSeconds) : intoFolder(settings.outbox);
  const { from, replyTo } = settings;
  const [at = '@localhost'] = /@[^\s<>@]+(?=>?$)/.exec(from.trim()) ?? [];
  const origin = deliverableEmail(at);
  return {
    send: (mail, signal) =>
      delivery.send(
        {
          ...mail,
          from,
          ...(replyTo === null ? {} : { replyTo }),
          messageId: `<${mail.id}${origin}>`,
          // A string would be parsed as a list of recipients.
          to: { name: '', address: deliverableEmail(mail.to) },
          // RFC 3834: prevents automatic replies.
          headers: { 'Auto-Submitted': 'auto-generated' },
        },
        signal,
      ),
    close: delivery.close,
  };
}

/** Messages contain no attachments, so nodemailer must never read a file or fetch a URL. */
const NO_ATTACHMENTS = { disableFileAccess: true, disableUrlAccess: true };

function overSmtp(url: string, timeoutSeconds: number): Delivery {
  const timeout = timeoutSeconds * 1000;
  // Each email has its own connection, so that a failure affects only that email.
  const transport = createTransport({
    url,
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    ...NO_ATTACHMENTS,
  });
  return {
    async send(message, signal) {
      try {
        await transport.sendMail({ ...message, signal });
      } catch (error) {
        throw smtpErrorOf(error);
      }
    },
    close: () => transport.close(),
  };
}

function intoFolder(folder: string): Delivery {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows', ...NO_ATTACHMENTS });
  return {
    async send(message) {
      const sent = await transport.sendMail(message);
      const file = join(folder, `${message.id}.eml`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(`${file}.part`, sent.message as Buffer, { mode: 0o600 }); // a buffer was asked for
        await rename(`${file}.part`, file);
      } catch (error) {
        throw new MailError(codeOf(error) ?? 'UNKNOWN', false, 'MAIL_OUTBOX is not writable');
      }
    },
    close: () => transport.close(),
  };
}
