import { z } from 'zod';
import { MAX_METADATA_KEY_LENGTH, MAX_METADATA_KEYS, MAX_METADATA_VALUE_LENGTH } from '../../input/metadata.js';

/** An instant: RFC 3339, in UTC, with milliseconds. */
export const dateTime = () => z.iso.datetime({ precision: 3 });

/** The metadata of an object. */
export const metadataObject = () =>
  z.record(z.string().max(MAX_METADATA_KEY_LENGTH), z.string().max(MAX_METADATA_VALUE_LENGTH)).meta({
    maxProperties: MAX_METADATA_KEYS,
    description: 'Texts by key.',
  });

/**
 * The metadata that a caller sends. Only that it is an object is checked here: the use case checks the rest, so that
 * each problem has the code of the contract.
 */
export const metadataInput = () =>
  z
    .record(z.string(), z.unknown())
    .nullable()
    .optional()
    .meta({
      maxProperties: MAX_METADATA_KEYS,
      propertyNames: { maxLength: MAX_METADATA_KEY_LENGTH },
      additionalProperties: { type: ['string', 'null'], maxLength: MAX_METADATA_VALUE_LENGTH },
      description: 'Texts by key.',
    });

/** A list of objects. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    object: z.literal('list'),
    data: z.array(item),
    list_metadata: z.object({
      before: z
        .string()
        .nullable()
        .meta({ description: 'The ID that leads to the page before; null when there is none.' }),
      after: z
        .string()
        .nullable()
        .meta({ description: 'The ID that leads to the page after; null when there is none.' }),
    }),
  });
}
