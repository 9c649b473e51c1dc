import { LIMIT_SETTINGS, MAX_INTROSPECTION_DEPTH, type OperationLimits } from './operation-limits.js';
import { setting, type ValuesOf } from './setting.js';
import { wholeNumber } from './setting-kinds.js';

/** Settings of what one request and one API key may ask for. */
export const limitSettings = {
  MAX_BODY_BYTES: setting(wholeNumber(1024, 16_777_216), {
    meaning: 'Maximum size of a request body, in bytes.',
    default: 262_144,
    note: ' (256 KiB)',
  }),
  MAX_TOKENS: setting(wholeNumber(100, 100_000), {
    meaning: 'Maximum number of lexical tokens in a document.',
    default: 2_000,
  }),
  MAX_DEPTH: setting(wholeNumber(1, 100), {
    meaning: `Maximum depth of nested fields. Introspection has a separate limit of ${MAX_INTROSPECTION_DEPTH}.`,
    default: 12,
  }),
  MAX_ALIASES: setting(wholeNumber(0, 10_000), { meaning: 'Maximum number of aliases in an operation.', default: 100 }),
  MAX_ROOT_FIELDS: setting(wholeNumber(1, 1_000), {
    meaning: 'Maximum number of root fields in an operation.',
    default: 20,
  }),
  MAX_DIRECTIVES: setting(wholeNumber(0, 10_000), {
    meaning: 'Maximum number of directives in an operation.',
    default: 50,
  }),
  MAX_FIELDS: setting(wholeNumber(10, 100_000), {
    meaning: 'Maximum number of fields in an operation. The fields of a fragment count each time it is used.',
    default: 2_000,
  }),
  MAX_COST: setting(wholeNumber(100, 10_000_000), {
    meaning: 'Maximum cost of an operation, in points.',
    default: 10_000,
  }),
  MAX_WAITING_REQUESTS: setting(wholeNumber(1, 1_000_000), {
    meaning:
      'Maximum number of requests that wait for their answer, per process. Further requests are refused at once with status 503 and `Retry-After`.',
    default: 1_000,
  }),
  RATE_LIMIT_POINTS: setting(wholeNumber(0, 1_000_000_000), {
    meaning:
      'Points that one API key may spend within RATE_LIMIT_SECONDS, counted per server with all its workers; 0 turns the limit off.',
    default: 300_000,
  }),
  RATE_LIMIT_SECONDS: setting(wholeNumber(1, 86_400), {
    meaning: 'Time in which a spent budget is fully restored.',
    default: 60,
  }),
};

/** What one operation may ask for. */
export function operationLimitsOf(settings: ValuesOf<typeof limitSettings>): OperationLimits {
  const limits = Object.entries(LIMIT_SETTINGS).map(([limit, name]) => [limit, settings[name]]);
  return Object.fromEntries(limits) as OperationLimits; // LIMIT_SETTINGS has the keys of OperationLimits
}
