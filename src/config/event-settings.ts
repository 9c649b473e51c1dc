import { z } from 'zod';
import { isNetwork } from '../webhooks/webhook-address.js';
import { setting } from './setting.js';
import { list, wholeNumber } from './setting-kinds.js';

/** Settings of the event log and of webhooks. */
export const eventSettings = {
  EVENT_RETENTION_DAYS: setting(wholeNumber(0, 36_500), {
    meaning: 'Number of days that events are kept; 0 keeps all events.',
    default: 0,
  }),
  EVENT_RETENTION_COUNT: setting(wholeNumber(0, 1_000_000_000), {
    meaning: 'Number of events that are kept per environment; 0 keeps all events.',
    default: 0,
  }),
  EVENT_ERASURE_DAYS: setting(wholeNumber(1, 36_500), {
    meaning:
      'Number of days after the deletion of a user until their personal data is erased from the event log; at least 1.',
    unset: 'none: never',
  }),
  WEBHOOK_NETWORKS: setting(list(z.string().refine(isNetwork), 'networks like 10.1.0.0/16, separated by commas'), {
    meaning: 'Private networks that webhooks may be sent to, over HTTP as well: `127.0.0.0/8,10.1.0.0/16`.',
    default: [],
    note: ': only public addresses, over HTTPS',
  }),
};
