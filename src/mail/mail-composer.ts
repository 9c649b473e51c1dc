import { systemViewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import { CODE_TTL_SECONDS, invalidReasonOf } from '../one-time-codes/one-time-code.js';
import type { OneTimeCodeService } from '../one-time-codes/one-time-code.service.js';
import type { Clock } from '../runtime/clock.js';
import type { UserUnits } from '../users/user.service.js';
import { MailError, type QueuedMail } from './mail.js';
import type { MailTemplates } from './mail-templates.js';
import type { Mail } from './mailer.js';

/**
 * Renders a queued email. The code is derived here, immediately before sending, and is not stored.
 *
 * @throws {MailError} with `isPermanent`, when the code is no longer valid
 */
export type ComposeMail = (mail: QueuedMail) => Promise<Mail>;

export function createMailComposer(deps: {
  db: Database;
  clock: Clock;
  users: UserUnits;
  codes: OneTimeCodeService;
  templates: MailTemplates;
  productName: string;
}): ComposeMail {
  const { db, clock, users, codes, templates, productName } = deps;

  async function digitsFor({ environmentId, codeId }: QueuedMail): Promise<string> {
    const code = codeId === null ? null : await codes.find(db.reader, environmentId, codeId);
    // Codes are deleted together with their user.
    if (code === null) throw new MailError('CODE_GONE', true);
    const digits = codes.digitsOf(environmentId, code);
    if (digits === null) throw new MailError(invalidReasonOf(code, clock.now()) ?? 'CODE_EXPIRED', true);
    return digits;
  }

  return async (mail) => {
    const { template, recipient, id } = mail;
    const values = {
      productName,
      recipient,
      ...(mail.codeId === null ? {} : { code: await digitsFor(mail), minutes: String(CODE_TTL_SECONDS / 60) }),
    };
    const user = await users.find(db.reader, systemViewer(mail.environmentId, 'mail'), mail.userId);
    return { id, to: recipient, ...templates.render(template, user?.locale ?? null, values) };
  };
}
