import { GraphQLError } from 'graphql';
import {
  MAX_METADATA_KEY_LENGTH,
  MAX_METADATA_KEYS,
  MAX_METADATA_VALUE_LENGTH,
  type MetadataInput,
} from '../../input/metadata.js';
import { MAX_URL_LENGTH } from '../../input/text.js';
import { type Instant, parseInstant } from '../../runtime/clock.js';
import { builder } from './builder.js';

builder.scalarType('DateTime', {
  description: [
    'A date and time in UTC with millisecond precision, as in RFC 3339, e.g. 2026-01-15T12:00:00.000Z. Input values',
    'may have any offset. Dates and times that do not exist are rejected.',
  ].join(' '),
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: (value) => value,
  parseValue: parseDateTime,
});

builder.scalarType('URL', {
  description: 'An absolute URL, as in the URL Standard.',
  specifiedByURL: 'https://url.spec.whatwg.org/',
  serialize: (value) => value,
  parseValue: parseUrl,
});

builder.scalarType('Metadata', {
  description: [
    `A map of string keys to string values, with at most ${MAX_METADATA_KEYS} keys.`,
    `A key has 1 to ${MAX_METADATA_KEY_LENGTH} characters, a value at most ${MAX_METADATA_VALUE_LENGTH}.`,
    'In the input of an update it is a merge patch: a null value removes its key, and an empty map removes all keys.',
  ].join(' '),
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc7396',
  serialize: (value) => value,
  parseValue: parseMap,
});

function parseDateTime(value: unknown): Instant {
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  if (instant !== null) return instant;
  throw new GraphQLError('A DateTime must be an RFC 3339 date and time that exists, e.g. 2026-01-15T12:00:00.000Z.');
}

/** Characters that URL parsers strip: spaces and control characters at both ends, tabs, line ends (URL, 4.4). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression matches control characters.
const IGNORED_IN_URL = /^[\u0000-\u0020]+|[\u0000-\u0020]+$|[\t\n\r]/g;

function parseUrl(value: unknown): string {
  const url = typeof value === 'string' && value.length <= MAX_URL_LENGTH ? value.replace(IGNORED_IN_URL, '') : '';
  if (URL.canParse(url)) return url;
  throw new GraphQLError(`A URL must be absolute and have at most ${MAX_URL_LENGTH} characters.`);
}

/** Checks only that the value is a map. The services validate its entries, because their errors have a path. */
function parseMap(value: unknown): MetadataInput {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as MetadataInput;
  throw new GraphQLError('Metadata must be a map of strings, e.g. { "plan": "pro" }.');
}
