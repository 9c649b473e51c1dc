import { MailError } from './mail.js';

/** Hints for the operator by nodemailer error code. */
const HINTS: Record<string, string> = {
  EAUTH: 'the mail server rejects the user and password of SMTP_URL',
  ETLS: 'TLS with the mail server failed: smtps:// requires a port with implicit TLS, usually 465',
  ESOCKET:
    'cannot connect to the mail server of SMTP_URL: check that it runs and that the scheme (smtp, smtps) fits the port',
  ECONNECTION: 'the mail server closed the connection',
  EDNS: 'the host of SMTP_URL cannot be resolved',
  ETIMEDOUT: 'the mail server did not answer within SMTP_TIMEOUT_SECONDS',
};

/** Errors that concern this email. All others, e.g. of the greeting or the login, concern the mail server. */
const ABOUT_THE_MAIL = ['EENVELOPE', 'EMESSAGE'];
/** RFC 4954: authentication required. The operator has to fix the settings; the email itself is not rejected. */
const AUTHENTICATION_REQUIRED = 530;

/**
 * Converts an error of nodemailer. A reply of 500 to 599 to the email itself is permanent (RFC 5321, 4.2.1). All other
 * errors are temporary: the mail server may be busy or down, or the settings may be wrong.
 *
 * Only codes are kept, because messages contain addresses and replies may contain the credentials.
 */
export function smtpErrorOf(error: unknown): MailError {
  const { code = 'UNKNOWN', responseCode } = (error ?? {}) as { code?: string; responseCode?: number }; // nodemailer adds these to its errors
  const kind = /^[A-Z_]{1,32}$/.test(code) ? code : 'UNKNOWN';
  const hint = HINTS[kind] ?? null;
  if (responseCode === undefined) return new MailError(kind, false, hint);
  const isFinal = responseCode >= 500 && responseCode !== AUTHENTICATION_REQUIRED;
  return new MailError(`SMTP_${responseCode}`, isFinal && ABOUT_THE_MAIL.includes(kind), hint);
}
