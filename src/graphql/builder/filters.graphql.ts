import { builder } from './builder.js';

/** Conditions on an ID. */
export const IDFilter = builder.inputType('IDFilter', {
  description: 'Filters by an ID. All given conditions must match.',
  fields: (t) => ({
    eq: t.id({ description: 'Matches this ID.' }),
    in: t.idList({ description: 'Matches any of these IDs. An empty list matches nothing.' }),
  }),
});

/** Conditions on a string. */
export const StringFilter = builder.inputType('StringFilter', {
  description: 'Filters by a string. Case is ignored unless the field says otherwise. All given conditions must match.',
  fields: (t) => ({
    eq: t.string({ description: 'Matches this string.' }),
    neq: t.string({ description: 'Matches every other string, and null.' }),
    in: t.stringList({ description: 'Matches any of these strings. An empty list matches nothing.' }),
    startsWith: t.string({ description: 'Matches strings that start with this prefix.' }),
    contains: t.string({ description: 'Matches strings that contain this substring.' }),
    isNull: t.boolean({ description: 'If true, matches null; if false, matches every string.' }),
  }),
});

/** Conditions on a date and time. */
export const DateTimeFilter = builder.inputType('DateTimeFilter', {
  description: 'Filters by a date and time. All given conditions must match.',
  fields: (t) => ({
    gte: t.field({ type: 'DateTime', description: 'Matches this date and time, and later ones.' }),
    gt: t.field({ type: 'DateTime', description: 'Matches later dates and times.' }),
    lte: t.field({ type: 'DateTime', description: 'Matches this date and time, and earlier ones.' }),
    lt: t.field({ type: 'DateTime', description: 'Matches earlier dates and times.' }),
  }),
});

/** Conditions on a nullable date and time. */
export const NullableDateTimeFilter = builder.inputType('NullableDateTimeFilter', {
  description: 'Filters by a nullable date and time. All given conditions must match. Null matches none of the bounds.',
  fields: (t) => ({
    gte: t.field({ type: 'DateTime', description: 'Matches this date and time, and later ones.' }),
    gt: t.field({ type: 'DateTime', description: 'Matches later dates and times.' }),
    lte: t.field({ type: 'DateTime', description: 'Matches this date and time, and earlier ones.' }),
    lt: t.field({ type: 'DateTime', description: 'Matches earlier dates and times.' }),
    isNull: t.boolean({ description: 'If true, matches null; if false, matches every date and time.' }),
  }),
});

/** Sort directions. */
export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'The direction in which to sort a list.',
  values: {
    ASC: { description: 'Ascending order: from the smallest or earliest value to the largest or latest.' },
    DESC: { description: 'Descending order: from the largest or latest value to the smallest or earliest.' },
  },
});
