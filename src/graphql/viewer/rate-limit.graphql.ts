import { toInstant } from '../../runtime/clock.js';
import { builder } from '../builder/builder.js';
import type { Spent } from '../builder/context.js';
import { Viewer } from './viewer.graphql.js';

const RateLimit = builder.objectRef<Spent>('RateLimit').implement({
  description: [
    'The rate limit of the caller, in cost points. Points are restored at a steady rate. Each server process',
    'counts separately.',
  ].join(' '),
  fields: (t) => ({
    cost: t.exposeInt('cost', {
      description: 'The maximum cost of this operation. Unused points are refunded when it completes.',
    }),
    limit: t.exposeInt('limit', { description: 'The maximum number of points that the caller can have.' }),
    remaining: t.exposeInt('remaining', { description: 'The number of points that remain after this operation.' }),
    resetAt: t.field({
      type: 'DateTime',
      description: 'The date and time when all points are restored.',
      resolve: ({ resetMs }) => toInstant(resetMs),
    }),
  }),
});

builder.objectField(Viewer, 'rateLimit', (t) =>
  t.field({
    type: RateLimit,
    nullable: true,
    description: 'The rate limit of the caller. Null if the server has no rate limit.',
    resolve: (_, __, { spent }) => (spent && spent.limit > 0 ? spent : null),
  }),
);
