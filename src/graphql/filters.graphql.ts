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

/** Direction of an order. */
export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Direction of an order.',
  values: {
    ASC: { description: 'Smallest, earliest or first in the alphabet comes first.' },
    DESC: { description: 'Largest, latest or last in the alphabet comes first.' },
  },
});
