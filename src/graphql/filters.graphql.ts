import { builder } from './builder.js';

/** Comparison of an id. */
export const IDFilter = builder.inputType('IDFilter', {
  description: 'Comparison of an id.',
  fields: (t) => ({ eq: t.id({ description: 'Exactly this id.' }) }),
});

/** Comparison of a text. */
export const StringFilter = builder.inputType('StringFilter', {
  description: 'Comparison of a text.',
  fields: (t) => ({ eq: t.string({ description: 'Exactly this text; of an email, letter case ignored.' }) }),
});

/** Comparison of an instant. */
export const DateTimeFilter = builder.inputType('DateTimeFilter', {
  description: 'Comparison of an instant. All given bounds must hold.',
  fields: (t) => ({
    gte: t.field({ type: 'DateTime', description: 'At this instant or later.' }),
    gt: t.field({ type: 'DateTime', description: 'Later than this.' }),
    lte: t.field({ type: 'DateTime', description: 'At this instant or earlier.' }),
    lt: t.field({ type: 'DateTime', description: 'Earlier than this.' }),
  }),
});

/** Direction of an order. */
export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Direction of an order.',
  values: {
    ASC: { description: 'Smallest, earliest or first in the alphabet comes first.' },
    DESC: { description: 'Largest, latest or last in the alphabet comes first.' },
  },
});
