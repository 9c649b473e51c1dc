import type { Mail } from '../mail/mailer.js';
import { CODE_TTL_SECONDS } from './email-verification.js';

/** The mail that carries a code: the only place outside the database where the code is. */
export function verificationMail(to: string, code: string): Mail {
  const minutes = CODE_TTL_SECONDS / 60;
  return {
    to,
    subject: 'Your verification code',
    text: [
      `Your verification code is ${code}.`,
      `It is good for ${minutes} minutes and can be used once.`,
      'If you did not ask for it, you can ignore this mail.',
      '',
    ].join('\n\n'),
    html: `<p>Your verification code is</p>
<p style="font-size:1.5em;letter-spacing:.15em"><strong>${code}</strong></p>
<p>It is good for ${minutes} minutes and can be used once. If you did not ask for it, you can ignore this mail.</p>
`,
  };
}
