import { OPTIONAL_DIRECTIVES } from './graphql/federation/directives.js';
import { LOG_LEVELS } from './logger.js';

/** Each setting with its meaning, as the README's table has it; the schema in `config.ts` is the rule. */
export const SETTINGS = {
  DATABASE_URL:
    'Required. `file:` and a path, absolute or from the working directory: `file:./usergraph.db`. The path is taken to the letter: `%20` and `~` mean nothing else.',
  PORT: 'Port to listen on; 0 takes a free one. Default 4000.',
  HOST: 'Address to listen on, IPv6 with brackets or without. Default 127.0.0.1; in a container 0.0.0.0.',
  NODE_ENV: '`production` refuses what is unsafe. Default development.',
  SECRET_KEY:
    'Key of one-time codes, refresh tokens and signing keys, and of the fingerprints of idempotent calls, 32 characters or more. Required in production; else kept beside the database.',
  SECRET_KEY_FILE: 'File that holds SECRET_KEY, instead of SECRET_KEY.',
  SMTP_URL: '`smtp://` or `smtps://` with user, password, host and port. Without it mails become files in MAIL_OUTBOX.',
  SMTP_URL_FILE: 'File that holds SMTP_URL, instead of SMTP_URL.',
  MAIL_FROM: 'Sender of the mails. Default `usergraph <no-reply@localhost>`; required with SMTP_URL.',
  MAIL_OUTBOX: 'Folder for mails when there is no SMTP_URL. Default `outbox` beside the database.',
  MAIL_REPLY_TO: 'Address that answers to the mails go to. Default none: the sender.',
  MAIL_PRODUCT_NAME: 'What the mails call your product. Default the name in MAIL_FROM.',
  MAIL_TEMPLATES: 'Folder of own mail templates. Default none: the built-in ones.',
  MAIL_DAILY_QUOTA: 'Mails with a code that an environment may send on one day of UTC. Default 10000.',
  SMTP_TIMEOUT_SECONDS: 'How long the mail server may take to connect, to greet and to answer. Default 10.',
  PUBLIC_URL:
    'Address people reach the server at, with the prefix of a proxy: `iss` of its access tokens. Default `http://` and HOST and PORT. No slash at the end.',
  ACCESS_TOKEN_TTL_SECONDS: 'How long an access token of a signed-in person is good. Default 300.',
  SESSION_TTL_DAYS: 'How long a session lasts, however often it is refreshed. Default 30.',
  CLOCK_TOLERANCE_SECONDS: 'How far the clocks of issuers of access tokens may be off. Default 5.',
  TRUSTED_PROXIES: 'Proxies in front of the server that each add to `x-forwarded-for`. Default 0: the socket counts.',
  CORS_ORIGINS: 'Origins a browser may call from, separated by commas; `*` for all. Default none.',
  STATUS_FOR_JSON:
    '`released`, `legacy200` or `always200`: whether an answer of the type `application/json` has the status of the others, 200 for every well-formed request that is not refused with 401, 403, 429, 503 or 504, or 200 whatever is wrong. Default released.',
  PERSISTED_DOCUMENTS: 'File with documents that may be sent by their hash. Default none.',
  PERSISTED_DOCUMENTS_ONLY: '`true` or `false`: whether nothing but those documents is executed. Default false.',
  ROUTER_KEYS:
    'Keys a federation router signs its requests with: `<key id>:<secret>`, separated by commas. With them nothing else is answered. Default none.',
  ROUTER_KEYS_FILE: 'File that holds ROUTER_KEYS, instead of ROUTER_KEYS.',
  ROUTER_SIGNATURE_SECONDS: 'How far from now the time of a signature may be. Default 30.',
  TYPE_PREFIX:
    'What the names of the types begin with where a supergraph has others of the same name: `Accounts` makes `AccountsUser`. Default none.',
  FIELD_PREFIX:
    'What the names of the fields of Query, Mutation and Subscription begin with: `accounts` makes `accountsUsers`. Default none.',
  SUBGRAPH_WITHOUT: `Directives that the text for composers lacks, separated by commas: ${OPTIONAL_DIRECTIVES.join(', ')}. They are enforced all the same. Default none.`,
  GRAPHIQL: '`true` or `false`: whether GraphiQL is served. Default true, in production false.',
  MIGRATE: '`true` or `false`: whether `serve` brings the schema up to date. Default true.',
  LOG_LEVEL: `One of ${LOG_LEVELS.join(', ')}. Default info.`,
  MAX_BODY_BYTES: 'Largest request body. Default 262144 (256 KiB).',
  MAX_TOKENS: 'Most lexical tokens of a document. Default 2000.',
  MAX_DEPTH: 'Most levels of fields in fields; introspection has 20 of its own. Default 12.',
  MAX_ALIASES: 'Most aliases of an operation. Default 100.',
  MAX_ROOT_FIELDS: 'Most fields at the root of an operation. Default 20.',
  MAX_DIRECTIVES: 'Most directives of an operation. Default 50.',
  MAX_FIELDS: 'Most fields of an operation, fragments counted as often as they are used. Default 2000.',
  MAX_COST: 'Most points one operation may cost. Default 10000.',
  RATE_LIMIT_POINTS:
    'Points one API key may spend in RATE_LIMIT_SECONDS, in one process; 0 is no limit. Default 300000.',
  RATE_LIMIT_SECONDS: 'How long it takes for a spent budget to come back. Default 60.',
  EVENT_RETENTION_DAYS: 'How many days the event log goes back; 0 is all of it. Default 0.',
  EVENT_RETENTION_COUNT: 'How many events the log of an environment keeps; 0 is all of them. Default 0.',
  EVENT_ERASURE_DAYS:
    'How many days after a user was deleted what tells who they were is erased from the event log; 1 or more. Default none: never.',
  WEBHOOK_NETWORKS:
    'Private networks that webhooks may be sent to, by http too: `127.0.0.0/8,10.1.0.0/16`. Default none: public addresses, by https.',
  REQUEST_TIMEOUT_SECONDS: 'How long a request may take, counted from its arrival. Default 10.',
  DRAIN_SECONDS: 'How long a stopping server waits for requests under way. Default 10.',
  METRICS_PORT:
    'Port for Prometheus: `/metrics` on a listener of its own; 0 takes a free one. Default none, no metrics.',
  METRICS_HOST: 'Address for Prometheus. Default 127.0.0.1. It asks for no key.',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'OTLP/HTTP collector for traces, e.g. `http://127.0.0.1:4318`. Default none, no traces.',
  OTEL_EXPORTER_OTLP_HEADERS: 'Headers for the collector: `name=value`, separated by commas.',
  OTEL_EXPORTER_OTLP_HEADERS_FILE: 'File that holds OTEL_EXPORTER_OTLP_HEADERS, instead of OTEL_EXPORTER_OTLP_HEADERS.',
  OTEL_SERVICE_NAME: 'Name of this service in traces. Default usergraph.',
  OTEL_TRACES_SAMPLER_ARG: 'Part of requests that is traced, 0 to 1; a caller that traces decides itself. Default 1.',
} as const;
