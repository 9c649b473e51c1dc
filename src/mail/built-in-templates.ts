import type { MailTemplate } from './mail.js';

/** The three parts of an email template, with placeholders. */
export interface TemplateParts {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * Returns an HTML document for email clients: tables and inline styles, without external images or fonts. Text and
 * background use the default colors of the client, so that it is readable in dark mode, too.
 */
function page(preheader: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{productName}}</title>
</head>
<body style="margin:0;padding:0">
<div style="display:none;max-height:0;overflow:hidden">${preheader}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:480px;border:1px solid #8888;border-radius:8px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5">
<tr><td style="padding:24px 32px 0;font-size:14px;font-weight:600">{{productName}}</td></tr>
<tr><td style="padding:16px 32px 32px">
${body}
</td></tr>
</table>
<p style="max-width:480px;margin:16px 0 0;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:12px;line-height:1.5;opacity:.7">This mail was sent to {{recipient}}.</p>
</td></tr>
</table>
</body>
</html>
`;
}

const CODE = `<p style="margin:0 0 16px;padding:16px;border:1px solid #8888;border-radius:6px;text-align:center;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:28px;font-weight:700;letter-spacing:6px">{{code}}</p>`;

function paragraph(text: string): string {
  return `<p style="margin:0 0 16px">${text}</p>`;
}

const CODE_LIFE = 'It is good for {{minutes}} minutes and can be used once.';
const NOT_ASKED = 'If you did not ask for it, you can ignore this mail.';

/** The default templates. Files in MAIL_TEMPLATES override them. */
export const BUILT_IN: Readonly<Record<MailTemplate, TemplateParts>> = {
  'email-verification': {
    subject: 'Your verification code for {{productName}}',
    text: `Your verification code is {{code}}.\n\n${CODE_LIFE}\n\n${NOT_ASKED}\n`,
    html: page(
      'Your verification code is {{code}}.',
      [paragraph('Your verification code is'), CODE, paragraph(CODE_LIFE), paragraph(NOT_ASKED)].join('\n'),
    ),
  },
  'email-change': {
    subject: 'Confirm your new address for {{productName}}',
    text: `Your code to confirm {{recipient}} as your new address is {{code}}.\n\n${CODE_LIFE}\n\n${NOT_ASKED}\n`,
    html: page(
      'Your code is {{code}}.',
      [
        paragraph('Your code to confirm {{recipient}} as your new address is'),
        CODE,
        paragraph(CODE_LIFE),
        paragraph(NOT_ASKED),
      ].join('\n'),
    ),
  },
  'email-changed': {
    subject: 'Your address for {{productName}} was changed',
    text: [
      'The address of your account was changed. Mails go to the new address from now on, and no more to {{recipient}}.',
      'If it was not you, answer this mail or write to those who run {{productName}}.',
      '',
    ].join('\n\n'),
    html: page(
      'The address of your account was changed.',
      [
        paragraph('The address of your account was changed.'),
        paragraph('Mails go to the new address from now on, and no more to {{recipient}}.'),
        paragraph('If it was not you, answer this mail or write to those who run {{productName}}.'),
      ].join('\n'),
    ),
  },
};
