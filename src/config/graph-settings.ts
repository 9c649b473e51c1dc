import { z } from 'zod';
import { secret, setting } from './setting.js';
import { flag, list, oneOf, path, text, wholeNumber } from './setting-kinds.js';

/** Prefixes of type names and root field names, for a supergraph in which another subgraph uses the same names. */
export interface NamePrefixes {
  readonly type: string;
  readonly field: string;
}

/** The names as they stand in `schema.graphql`. */
export const NO_PREFIXES: NamePrefixes = { type: '', field: '' };

/** Which status an answer of the type `application/json` has. */
export const STATUSES_FOR_JSON = ['released', 'legacy200', 'always200'] as const;
export type StatusForJson = (typeof STATUSES_FOR_JSON)[number];

/**
 * Directives that the text for composers may lack: they tell others about the graph and change nothing that is answered.
 * Apollo Gateway (2.14.4) refuses a supergraph with the first two, for it does not enforce them; usergraph does, with the
 * text or without it. `@key` and `@shareable` are not among them: without them nothing composes.
 */
export const OPTIONAL_DIRECTIVES = ['authenticated', 'requiresScopes', 'cost', 'listSize', 'tag'] as const;
export type OptionalDirective = (typeof OPTIONAL_DIRECTIVES)[number];

/** Whether a text names a directive that may be left out. */
export function isOptionalDirective(name: string): name is OptionalDirective {
  return OPTIONAL_DIRECTIVES.some((one) => one === name);
}

/** Each key is `<key id>:<secret>`; no two have the same id. */
const routerKeys = z
  .string()
  .regex(/^[\w.-]{1,64}:[^\s,]{32,}(,[\w.-]{1,64}:[^\s,]{32,})*$/)
  .transform((given) =>
    given.split(',').map((key) => ({ id: key.slice(0, key.indexOf(':')), secret: key.slice(key.indexOf(':') + 1) })),
  )
  .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length);

/** Settings of the graph and of who may ask it. */
export const graphSettings = {
  STATUS_FOR_JSON: setting(oneOf(STATUSES_FOR_JSON), {
    meaning:
      'Status codes of responses of the type `application/json`. `released` uses the same status codes as for other types. `legacy200` uses 200 for every well-formed request that is not refused with 401, 403, 429, 503 or 504. `always200` uses 200 for every request.',
    default: 'released',
  }),
  PERSISTED_DOCUMENTS: setting(path('file'), {
    meaning: 'File of documents that clients may send by their hash.',
    unset: 'none',
  }),
  PERSISTED_DOCUMENTS_ONLY: setting(flag, {
    meaning: '`true` or `false`: whether only these documents are executed.',
    default: false,
  }),
  ROUTER_KEYS: secret(
    setting(text(routerKeys, '<key id>:<secret of 32 characters or more>, separated by commas'), {
      meaning:
        'Keys that a federation router signs its requests with: `<key id>:<secret>`, separated by commas. With them, only signed requests are answered.',
      unset: 'none',
    }),
  ),
  ROUTER_SIGNATURE_SECONDS: setting(wholeNumber(1, 300), {
    meaning: 'Maximum difference between the time of a signature and the clock of the server.',
    default: 30,
  }),
  TYPE_PREFIX: setting(text(z.string().regex(/^[A-Z][A-Za-z0-9]{0,31}$/), 'a name in PascalCase, e.g. Accounts'), {
    meaning:
      'Prefix of the names of types, for a supergraph in which other types have the same names: `Accounts` turns `User` into `AccountsUser`.',
    default: '',
  }),
  FIELD_PREFIX: setting(text(z.string().regex(/^[a-z][A-Za-z0-9]{0,31}$/), 'a name in camelCase, e.g. accounts'), {
    meaning:
      'Prefix of the names of the fields of Query, Mutation and Subscription: `accounts` turns `users` into `accountsUsers`.',
    default: '',
  }),
  SUBGRAPH_WITHOUT: setting(
    list(z.enum(OPTIONAL_DIRECTIVES), `names out of ${OPTIONAL_DIRECTIVES.join(', ')}, separated by commas`),
    {
      meaning: `Directives to leave out of the SDL for composition, separated by commas: ${OPTIONAL_DIRECTIVES.join(', ')}. The server enforces the same rules without them.`,
      default: [],
    },
  ),
  GRAPHIQL: setting(flag, {
    meaning: '`true` or `false`: whether GraphiQL is served. `true` is not allowed with ROUTER_KEYS.',
    unset: 'true; false in production and with ROUTER_KEYS',
  }),
};
