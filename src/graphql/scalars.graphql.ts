import { GraphQLError } from 'graphql';
import { type Instant, parseInstant } from '../clock.js';
import {
  MAX_METADATA_KEY_LENGTH,
  MAX_METADATA_KEYS,
  MAX_METADATA_VALUE_LENGTH,
  type MetadataInput,
} from '../metadata.js';
import { MAX_URL_LENGTH } from '../text.js';
import { builder } from './builder.js';

builder.scalarType('DateTime', {
  description: [
    'RFC 3339 instant in UTC with millisecond precision, e.g. 2026-01-15T12:00:00.000Z. As input it may have any offset;',
    'a day or time that does not exist is refused.',
  ].join(' '),
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize: (value) => value,
  parseValue: parseDateTime,
});

builder.scalarType('URL', {
  description: 'Absolute URL.',
  specifiedByURL: 'https://url.spec.whatwg.org/',
  serialize: (value) => value,
  parseValue: parseUrl,
});

builder.scalarType('Metadata', {
  description: [
    `A string-to-string map. At most ${MAX_METADATA_KEYS} keys; a key has 1-${MAX_METADATA_KEY_LENGTH} characters,`,
    `a value at most ${MAX_METADATA_VALUE_LENGTH}.`,
    'As update input it is a merge patch: a key set to null is removed, an empty map clears everything.',
  ].join(' '),
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc7396',
  serialize: (value) => value,
  parseValue: parseMap,
});

function parseDateTime(value: unknown): Instant {
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  if (instant !== null) return instant;
  throw new GraphQLError('A DateTime is an RFC 3339 instant that exists, e.g. 2026-01-15T12:00:00.000Z.');
}

/** What the URL standard takes no notice of (4.4, "basic URL parser"): blanks and control characters around, line ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const IGNORED_IN_URL = /^[\u0000-\u0020]+|[\u0000-\u0020]+$|[\t\n\r]/g;

function parseUrl(value: unknown): string {
  const url = typeof value === 'string' && value.length <= MAX_URL_LENGTH ? value.replace(IGNORED_IN_URL, '') : '';
  if (URL.canParse(url)) return url;
  throw new GraphQLError(`A URL is absolute and has at most ${MAX_URL_LENGTH} characters.`);
}

/** Only the shape: what the keys and values may be is judged by the service, which can say it with a path. */
function parseMap(value: unknown): MetadataInput {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as MetadataInput;
  throw new GraphQLError('Metadata is a map of texts, e.g. { "plan": "pro" }.');
}
