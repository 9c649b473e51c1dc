import { builder } from './builder.js';

/** Comparison of an id. */
export const IDFilter = builder.inputType('IDFilter', {
  description: 'Comparison of an id.',
  fields: (t) => ({
    eq: t.id({ description: 'Exactly this id.' }),
    in: t.idList({ description: 'One of these ids; none of an empty list.' }),
  }),
});

/** Comparison of a text. */
export const StringFilter = builder.inputType('StringFilter', {
  description:
    'Comparison of a text; letter case is ignored where the field does not say otherwise. All given must hold.',
  fields: (t) => ({
    eq: t.string({ description: 'Exactly this text.' }),
    neq: t.string({ description: 'Anything but this text; having none too.' }),
    in: t.stringList({ description: 'One of these texts; none of an empty list.' }),
    startsWith: t.string({ description: 'The text begins so.' }),
    contains: t.string({ description: 'The text has this somewhere in it.' }),
    isNull: t.boolean({ description: 'Whether there is no text.' }),
  }),
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

/** Comparison of an instant that may be missing. */
export const NullableDateTimeFilter = builder.inputType('NullableDateTimeFilter', {
  description: 'Comparison of an instant that may be missing. All given must hold; no bound holds for a missing one.',
  fields: (t) => ({
    gte: t.field({ type: 'DateTime', description: 'At this instant or later.' }),
    gt: t.field({ type: 'DateTime', description: 'Later than this.' }),
    lte: t.field({ type: 'DateTime', description: 'At this instant or earlier.' }),
    lt: t.field({ type: 'DateTime', description: 'Earlier than this.' }),
    isNull: t.boolean({ description: 'Whether there is none.' }),
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
