import { MailError } from './mail.js';

/** What an operator can do about an error of the settings; by nodemailer's code. */
const HINTS: Record<string, string> = {
  EAUTH: 'the mail server does not take the user and password of SMTP_URL',
  ETLS: 'TLS with the mail server failed: smtps:// is for a port that speaks TLS from the start, often 465',
  ESOCKET: 'no connection to the mail server of SMTP_URL: is it up, and does the scheme (smtp, smtps) fit its port?',
  ECONNECTION: 'the mail server ended the connection',
  EDNS: 'the host of SMTP_URL is not known',
  ETIMEDOUT: 'the mail server did not answer within SMTP_TIMEOUT_SECONDS',
};

/** Replies about the envelope or the message. Others, to a login or a greeting, are about the server as a whole. */
const ABOUT_THE_MAIL = ['EENVELOPE', 'EMESSAGE'];
/** RFC 4954: a login is wanted. That is for the operator to mend, not a word about this mail. */
const AUTHENTICATION_REQUIRED = 530;

/**
 * What a failure of nodemailer means. A reply of 500 to 599 to the mail itself is final (RFC 5321, 4.2.1); everything
 * else may pass: a busy server, a dead one, settings that an operator is about to mend.
 *
 * Of the error only codes are kept: its message repeats addresses, and a server's reply may repeat the login.
 */
export function smtpErrorOf(error: unknown): MailError {
  const { code = 'UNKNOWN', responseCode } = (error ?? {}) as { code?: string; responseCode?: number }; // nodemailer's errors are plain ones with these
  const kind = /^[A-Z_]{1,32}$/.test(code) ? code : 'UNKNOWN';
  const hint = HINTS[kind] ?? null;
  if (responseCode === undefined) return new MailError(kind, false, hint);
  const isFinal = responseCode >= 500 && responseCode !== AUTHENTICATION_REQUIRED;
  return new MailError(`SMTP_${responseCode}`, isFinal && ABOUT_THE_MAIL.includes(kind), hint);
}
