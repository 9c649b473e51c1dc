import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { RequestError } from '../errors.js';
import type { Ids } from '../ids.js';
import type { Logger } from '../logger.js';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Mailer {
  /** @throws {RequestError} SERVICE_UNAVAILABLE when the mail was not taken; the details are in the log only */
  send(mail: Mail): Promise<void>;
  close(): void;
}

export type MailSettings = {
  /** Address the mails come from. */
  readonly from: string;
} & ({ readonly smtpUrl: string } | { readonly outbox: string });

/** How long a mail server may take to connect, to greet and to answer. */
const SMTP_TIMEOUT_MS = 10_000;

/** Mails over SMTP, or into a folder of `.eml` files that any mail program opens. */
export function createMailer(settings: MailSettings, ids: Ids, logger: Logger): Mailer {
  const deliver = 'smtpUrl' in settings ? overSmtp(settings.smtpUrl) : intoFolder(settings.outbox, ids);
  return {
    async send(mail) {
      try {
        await deliver.send({ ...mail, from: settings.from });
      } catch (error) {
        // Of the error only its code: its message may repeat the address.
        logger.error({ code: errorCode(error) }, 'mail was not taken');
        throw new RequestError('SERVICE_UNAVAILABLE', 'The mail could not be sent; call sendVerificationEmail again.');
      }
    },
    close: deliver.close,
  };
}

interface Delivery {
  send(mail: Mail & { from: string }): Promise<void>;
  close(): void;
}

function overSmtp(url: string): Delivery {
  const transport = createTransport({
    url,
    connectionTimeout: SMTP_TIMEOUT_MS,
    greetingTimeout: SMTP_TIMEOUT_MS,
    socketTimeout: SMTP_TIMEOUT_MS,
  });
  return {
    send: async (mail) => {
      await transport.sendMail(mail);
    },
    close: () => transport.close(),
  };
}

function intoFolder(folder: string, ids: Ids): Delivery {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(mail) {
      const { message } = await transport.sendMail(mail);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(join(folder, `${ids.next('email_verification').slice(-26)}.eml`), message as Buffer, {
        mode: 0o600,
      });
    },
    close: () => transport.close(),
  };
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
}
