import { builder } from '../graphql/builder.js';
import type { MailDelivery as MailDeliveryShape } from './mail.js';

const MailState = builder.enumType('MailState', {
  description: 'How far a mail has come.',
  values: {
    PENDING: { description: 'It waits to be sent, for the first time or once more.' },
    SENT: { description: 'The mail server has taken it. Whether it reaches the mailbox is not known here.' },
    FAILED: { description: 'It is not tried any more: it was refused for good, or its time is over.' },
  },
});

/** What became of a mail. */
export const MailDelivery = builder.objectRef<MailDeliveryShape>('MailDelivery').implement({
  description: 'What became of a mail.',
  fields: (t) => ({
    state: t.field({ type: MailState, description: 'How far it has come.', resolve: ({ state }) => state }),
    attempts: t.exposeInt('attempts', { description: 'Times it was handed to the mail server.' }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'Why the last attempt failed: SMTP_ and the reply, e.g. SMTP_550, or a word such as ETIMEDOUT.',
    }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is tried next, at the earliest; null when it is not pending.',
    }),
    sentAt: t.expose('sentAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the mail server took it.',
    }),
  }),
});
