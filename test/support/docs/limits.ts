import { readdirSync, readFileSync } from 'node:fs';

/**
 * Every limit that callers and operators can meet, with what it bounds. The figure stands beside its rule, as a
 * constant of this name; `npm run docs` writes both into docs/limits.md.
 */
export const LIMITS = {
  MAX_APPLICATION_SCOPES: 'scopes of an application or a grant',
  MAX_ARGON2_LANES: 'lanes of an Argon2 hash from elsewhere',
  MAX_ARGON2_MEMORY_KIB: 'KiB of memory of an Argon2 hash from elsewhere',
  MAX_ARGON2_WORK_KIB: 'KiB of memory times passes of an Argon2 hash from elsewhere',
  MAX_BCRYPT_COST: 'cost of a bcrypt hash from elsewhere',
  MAX_BULK_USERS: 'users of one createUsers',
  MAX_CODES_PER_DAY: 'mails with a code in 24 hours, to one user and to one address',
  MAX_CODES_PER_WINDOW: 'mails with a code in 60 seconds, to one user and to one address',
  MAX_CODE_ATTEMPTS: 'tries of a one-time code',
  MAX_COUNT: 'users that usersCount counts to',
  MAX_DESCRIPTION_LENGTH: 'characters of the description of an application',
  MAX_EMAIL_LENGTH: 'bytes of an email address, its domain in ASCII',
  MAX_ENVIRONMENT_NAME_LENGTH: 'characters of the name of an environment',
  MAX_EVENTS_EXAMINED: 'events looked at for one page of a filtered list',
  MAX_EXTERNAL_ID_LENGTH: 'ASCII characters of an external ID',
  MAX_FILTER_CONDITIONS: 'comparisons and filters of one filter of users',
  MAX_FILTER_DEPTH: 'levels of and, or and not of a filter of users',
  MAX_FILTER_TEXT_LENGTH: 'characters of a value of a filter of users',
  MAX_FILTER_VALUES: 'values of one in of a filter of users',
  MAX_FIREBASE_MEMORY_COST: "memory cost of a Firebase's scrypt hash from elsewhere",
  MAX_FIREBASE_ROUNDS: "rounds of a Firebase's scrypt hash from elsewhere",
  MAX_GRANTS_DELETED: 'grants that end with their application',
  MAX_IDEMPOTENCY_KEY_LENGTH: 'characters of an idempotency key',
  MAX_INTROSPECTIONS: 'schema fields of an operation, and aliases below them',
  MAX_INTROSPECTION_DEPTH: 'levels of fields in introspection',
  MAX_ISSUERS: 'issuers of an environment',
  MAX_ISSUER_LENGTH: 'characters of an issuer, its audience or the address of its keys',
  MAX_KEY_SET_BYTES: 'bytes of the published keys of an issuer',
  MAX_LOCAL_PART_LENGTH: 'bytes before the @ of an email address',
  MAX_MEMBERSHIPS_DELETED: 'memberships that end with their organization',
  MAX_METADATA_COLUMNS: 'metadata columns of a CSV file',
  MAX_METADATA_KEYS: 'keys of metadata',
  MAX_METADATA_KEY_LENGTH: 'characters of a metadata key',
  MAX_METADATA_VALUE_LENGTH: 'characters of a metadata value',
  MAX_MUTATION_ERRORS: 'errors told of one input of a mutation',
  MAX_NAME_LENGTH: 'characters of a name',
  MAX_PAGE_SIZE: 'objects on a page, and IDs in one `nodes` field',
  MAX_LIST_LIMIT: 'objects on a page of the REST API',
  MAX_PASSWORD_HASH_LENGTH: 'characters of a password hash from elsewhere',
  MAX_PASSWORD_LENGTH: 'characters of a password',
  MAX_PBKDF2_WORK: 'iterations times blocks of a PBKDF2 hash from elsewhere',
  MAX_REDIRECT_URIS: 'redirect URIs of an application',
  MAX_REGISTERED_CHARACTERS: 'characters of all documents that callers registered by their hash',
  MAX_REPRESENTATIONS: 'representations of one _entities',
  MAX_REQUEST_ERRORS: 'errors told of one refused operation, before one that says so',
  MAX_ROLES: 'roles of a membership',
  MAX_ROLE_LENGTH: 'characters of a role',
  MAX_ROWS_COUNTED: 'rows that one count looks at',
  MAX_ROWS_EXAMINED: 'rows looked at one by one for a page of users',
  MAX_ROW_BYTES: 'bytes of one row of an import',
  MAX_SCOPE_LENGTH: 'characters of a scope of an application',
  MAX_SCRYPT_MEMORY_BYTES: 'bytes of memory of a scrypt hash from elsewhere',
  MAX_SCRYPT_WORK: 'N × r × p of a scrypt hash from elsewhere',
  MAX_SECRET_FILE_BYTES: 'bytes of a file that holds a secret',
  MAX_SEED_USERS: 'users of one seed',
  MAX_SIGN_INS_PER_DAY: 'passwords tried for one address in 24 hours',
  MAX_SIGN_INS_PER_MINUTE: 'passwords tried for one address in 60 seconds',
  MAX_SIGN_INS_PER_NETWORK_ADDRESS: 'passwords tried from one network address in 60 seconds',
  MAX_STALE_KEY_SET_SECONDS: 'seconds that keys are used on while their issuer is down',
  MAX_SUBJECT_LENGTH: 'characters of the subject of a mail template',
  MAX_TEMPLATE_BYTES: 'bytes of a mail template',
  MAX_STREAMS: 'streams that one process feeds, then SERVICE_UNAVAILABLE',
  MAX_SECRET_OVERLAP_SECONDS: 'seconds that two secrets of a webhook endpoint sign side by side',
  MAX_URL_LENGTH: 'characters of a URL',
  MAX_WAITING: 'writes that wait, then SERVICE_UNAVAILABLE',
  MAX_WAITING_BULKS: 'createUsers that wait, then SERVICE_UNAVAILABLE',
  MAX_WAITING_HASHES: 'queued password hashes and comparisons, then SERVICE_UNAVAILABLE',
  MAX_WEBHOOK_ENDPOINTS: 'webhook endpoints of an environment',
} as const;

export type LimitName = keyof typeof LIMITS;

/** Figures of the inside: nobody is refused by them, they keep work and memory bounded. */
export const INTERNAL = [
  'MAX_RECENT_KEYS',
  'MAX_RECENT_TOKENS',
  'MAX_VERIFIED_SIGNATURES',
  'MAX_MEASURES',
  'MAX_FAST_BODY_BYTES',
  'MAX_HEADER_VALUES',
  'MAX_CONDITIONS',
  'MAX_AGE_MS',
  'MAX_ANSWER_BYTES',
  'MAX_DELIVERIES_REMOVED',
  'MAX_ENDPOINTS_AT_ONCE',
  'MAX_EVENTS_IN_A_ROW',
  'MAX_QUEUED_COUNT',
  'MAX_BACKUP_AGE_DAYS',
  'MAX_ACCEPTS',
  'MAX_ATTEMPTS',
  'MAX_CLOCK_DIFFERENCE_MS',
  'MAX_WORD_BYTES',
  'MAX_BATCH_BYTES',
  'MAX_BATCH_ROWS',
  'MAX_BULKS_AT_ONCE',
  'MAX_CACHED_CHARACTERS',
  'MAX_CACHED_DOCUMENT_CHARACTERS',
  'MAX_CONNECTIONS',
  'MAX_COSTLY_AT_ONCE',
  'MAX_DOMAIN_LENGTH',
  'MAX_ENVIRONMENT_PAGE',
  'MAX_ESTIMATED_LENGTH',
  'MAX_EXPIRED_KEYS_REMOVED',
  'MAX_GROUP',
  'MAX_ILL_FORMED_NAMED',
  'MAX_INPUT_DEPTH',
  'MAX_LEVELS',
  'MAX_LISTED_MAILS',
  'MAX_MAILS_UNDER_WAY',
  'MAX_OPERATION_NAMES',
  'MAX_PARAMETER_LENGTH',
  'MAX_PREPARED_STATEMENTS',
  'MAX_PROBLEMS',
  'MAX_PURGED',
  'MAX_RECENT_EVENTS',
  'MAX_REMEMBERED',
  'MAX_REMEMBERED_CALLERS',
  'MAX_REMEMBERED_KEYS',
  'MAX_REMEMBERED_OF_CONNECTION',
  'MAX_ROWS_SEARCHED',
  'MAX_SEARCH_LENGTH',
  'MAX_SEARCH_WORDS',
  'MAX_SEEN_SIGNATURES',
  'MAX_STAFF_LISTED',
  'MAX_SUBSTITUTIONS',
  'MAX_TURNS',
  'MAX_TURN_MS',
  'MAX_TWINS_NAMED',
  'MAX_USES_NAMED',
  'MAX_WINDOWS_REMOVED',
  'MAX_WORKERS',
] as const;

const SOURCE = new URL('../../../src/', import.meta.url);

/** The constants of the code that are called `MAX_…`, with their figures. */
export function scanLimits(): Map<string, number> {
  const found = new Map<string, number>();
  for (const path of readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts')) continue;
    const text = readFileSync(new URL(path, SOURCE), 'utf8');
    for (const [, name = '', value = ''] of text.matchAll(/^(?:export )?const (MAX_[A-Z0-9_]+) = ([\d_]+);$/gm)) {
      found.set(name, Number(value.replaceAll('_', '')));
    }
  }
  return found;
}

/** The figure of a limit. */
export function limitOf(name: LimitName): number {
  const value = scanLimits().get(name);
  if (value === undefined) throw new Error(`The code has no ${name}.`);
  return value;
}
