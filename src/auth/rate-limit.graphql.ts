import { builder } from '../graphql/builder.js';
import type { Spent } from '../graphql/context.js';
import { Viewer } from './viewer.graphql.js';

const RateLimit = builder.objectRef<Spent>('RateLimit').implement({
  description: 'Budget of the caller, in cost points. It comes back evenly, and each process keeps its own.',
  fields: (t) => ({
    cost: t.exposeInt('cost', {
      description: 'What this operation may cost at most; what it did not need is given back when it has run.',
    }),
    limit: t.exposeInt('limit', { description: 'Points of a whole budget.' }),
    remaining: t.exposeInt('remaining', { description: 'Points that are left after this operation.' }),
    resetAt: t.expose('resetAt', { type: 'DateTime', description: 'When the whole budget is there again.' }),
  }),
});

builder.objectField(Viewer, 'rateLimit', (t) =>
  t.field({
    type: RateLimit,
    nullable: true,
    description: 'What is left of the budget; null where there is no limit.',
    resolve: (_, __, { spent }) => (spent && spent.limit > 0 ? spent : null),
  }),
);
