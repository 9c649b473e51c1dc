import type { MailDelivery as MailDeliveryShape } from '../../mail/mail.js';
import { builder } from '../builder/builder.js';

const MailState = builder.enumType('MailState', {
  description: 'The states of an email.',
  values: {
    PENDING: { description: 'The email is waiting for its first or its next attempt.' },
    SENT: { description: 'The mail server accepted the email. It may still fail to reach the mailbox.' },
    FAILED: {
      description: 'There are no more attempts: the mail server rejected the email permanently, or it expired.',
    },
  },
});

/** GraphQL type of the delivery of an email. */
export const MailDelivery = builder.objectRef<MailDeliveryShape>('MailDelivery').implement({
  description: 'The delivery of an email.',
  fields: (t) => ({
    state: t.field({ type: MailState, description: 'The state of the email.', resolve: ({ state }) => state }),
    attempts: t.exposeInt('attempts', { description: 'The number of attempts to send the email.' }),
    error: t.exposeString('error', {
      nullable: true,
      description:
        'Why the last attempt failed: SMTP_ and the reply code, e.g. SMTP_550, or an error code such as ETIMEDOUT.',
    }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The earliest date and time of the next attempt. Null unless the email is pending.',
    }),
    sentAt: t.expose('sentAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The date and time when the mail server accepted the email.',
    }),
  }),
});
