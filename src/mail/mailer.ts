import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { codeOf } from '../system-error.js';
import { deliverableEmail } from '../users/user.js';
import { MailError } from './mail.js';
import { smtpErrorOf } from './smtp-error.js';

export interface Mail {
  /** The same at each attempt: it makes the Message-ID, by which a second copy is known as one. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What takes a mail: a mail server, a folder, or in a test a list. */
export interface Mailer {
  /** @throws {MailError} when the mail was not taken, or `signal` ended the attempt */
  send(mail: Mail, signal: AbortSignal): Promise<void>;
  close(): void;
}

export type MailSettings = {
  /** Address the mails come from. */
  readonly from: string;
  /** Address that answers go to, if it is another one. */
  readonly replyTo: string | null;
  /** What the mails call the product. */
  readonly productName: string;
  /** Folder of own templates. */
  readonly templates: string | null;
  /** Mails an environment may queue on one day of UTC. */
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

/** Mails over SMTP, or into a folder of `.eml` files that any mail program opens. */
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
          // Not as a text, which would be read as a list of recipients.
          to: { name: '', address: deliverableEmail(mail.to) },
          // RFC 3834: answering machines stay silent.
          headers: { 'Auto-Submitted': 'auto-generated' },
        },
        signal,
      ),
    close: delivery.close,
  };
}

/** What a message holds is made here: nothing in it is a path or an address to fetch from. */
const NO_ATTACHMENTS = { disableFileAccess: true, disableUrlAccess: true };

function overSmtp(url: string, timeoutSeconds: number): Delivery {
  const timeout = timeoutSeconds * 1000;
  // A connection for each mail: what is refused or dies concerns that mail alone.
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
        throw new MailError(codeOf(error) ?? 'UNKNOWN', false, 'MAIL_OUTBOX cannot be written');
      }
    },
    close: () => transport.close(),
  };
}
