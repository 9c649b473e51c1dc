import { createYoga, type Plugin, useReadinessCheck, type YogaServerInstance } from 'graphql-yoga';
import { RateLimiter } from '../auth/rate-limiter.js';
import { RouterSignatures } from '../auth/router-signature.js';
import { includesScope } from '../auth/scope.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import type { Database } from '../db/database.js';
import { RequestError } from '../errors.js';
import type { Ids } from '../ids.js';
import type { Logger } from '../logger.js';
import type { Services } from '../services.js';
import { VERSION } from '../version.js';
import { type StartTimer, useBounds } from './bounds/bounds.plugin.js';
import { useBudgetHeaders } from './budget.plugin.js';
import { useCompression } from './compression.plugin.js';
import { type GraphQLContext, Loaders } from './context.js';
import { createDocumentCache } from './document-cache.js';
import { presentError } from './errors.js';
import { useEventStreams } from './event-streams.plugin.js';
import { createGraphiQL } from './graphiql.js';
import { useReleasedStatus } from './http-status.plugin.js';
import { useJsonOnly } from './json-only.plugin.js';
import { useKeySet } from './key-set.plugin.js';
import { useNoStore } from './no-store.plugin.js';
import { originOf } from './origin.js';
import type { PersistedDocuments } from './persisted-documents.js';
import { usePersistedDocuments } from './persisted-documents.plugin.js';
import { usePersonSchema } from './person-schema.js';
import { useReadableQueryString } from './query-string.plugin.js';
import { Requests } from './request-log.plugin.js';
import { useRouterOnly } from './router-only.plugin.js';
import { createSchema } from './schema.js';
import { useSuggestions } from './suggestions.plugin.js';
import { useUtf8Body } from './utf8-body.plugin.js';

export interface ServerDeps {
  readonly clock: Clock;
  readonly config: Config;
  readonly db: Database;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly services: Services;
  /** Whether the server takes requests: false while it drains. */
  readonly isReady: () => Promise<boolean>;
  /** What GraphiQL's headers editor starts with. */
  readonly graphiqlHeaders: Readonly<Record<string, string>>;
  /** Documents that can be named by their hash. */
  readonly documents: PersistedDocuments;
  /** Cuts off what takes too long. */
  readonly startTimer: StartTimer;
  /** What watches requests; they come last, when errors have their codes. */
  readonly plugins: readonly Plugin[];
}

/** The HTTP door: GraphQL at `/graphql`, GraphiQL for browsers, `/livez` and `/readyz`. */
// biome-ignore lint/complexity/noBannedTypes: Yoga's own type for "no server context".
export function createServer(deps: ServerDeps): YogaServerInstance<{}, GraphQLContext> {
  const { clock, config, db, ids, logger, services, isReady } = deps;
  const requests = new Requests(ids, logger);
  const graphiql = config.graphiql ? createGraphiQL(VERSION, deps.graphiqlHeaders, config.prefixes.field) : null;
  const maySeeSchema = async (request: Request) => {
    try {
      const { id } = requests.of(request);
      const viewer = await services.authentication.authenticate(request.headers.get('authorization'), id);
      return viewer !== null && includesScope(viewer.scopes, 'schema:read');
    } catch (error) {
      if (error instanceof RequestError) return false;
      throw error;
    }
  };
  return createYoga({
    schema: createSchema(config.prefixes),
    context: async (initial): Promise<GraphQLContext> => {
      const entry = requests.of(initial.request);
      const { headers } = initial.request;
      const renewViewer = () => services.authentication.authenticate(headers.get('authorization'), entry.id);
      const viewer = await renewViewer();
      if (viewer) entry.viewer = { environmentId: viewer.environmentId, actorId: viewer.actor.id };
      const origin = originOf(initial, entry.id, config.trustedProxies);
      const lastEventId = headers.get('last-event-id') || null;
      return { viewer, origin, services, loaders: new Loaders(db.reader, viewer), renewViewer, lastEventId };
    },
    maskedErrors: { errorMessage: '', maskError: presentError },
    // What Yoga would print holds queries and variables; our own log has what is needed.
    logging: false,
    parserAndValidationCache: createDocumentCache(),
    landingPage: false,
    multipart: false,
    extraParamNames: ['documentId'],
    maxRequestBodySize: config.maxBodyBytes,
    healthCheckEndpoint: '/livez',
    // To an origin that is not in its list Yoga answers `null`, which is what a sandboxed frame calls itself.
    cors: ({ headers }) =>
      config.corsOrigins.some((one) => one === '*' || one === headers.get('origin')) && corsFor(config.corsOrigins),
    graphiql: graphiql ? graphiql.options : false,
    ...(graphiql ? { renderGraphiQL: graphiql.page } : {}),
    plugins: [
      requests.plugin(),
      // Before those that refuse a request for its head or its signature: they put themselves in front of it.
      useUtf8Body(),
      useJsonOnly(),
      useReadableQueryString(),
      ...(config.router ? [useRouterOnly(new RouterSignatures(config.router, clock), requests, logger)] : []),
      usePersonSchema(config.prefixes),
      usePersistedDocuments(deps.documents),
      useBounds({
        limits: config.operationLimits,
        isSchemaOpen: !config.production,
        rateLimiter: new RateLimiter(config.budget, clock),
        timeoutMs: config.requestTimeoutSeconds * 1000,
        startTimer: deps.startTimer,
      }),
      ...(config.production ? [useSuggestions(maySeeSchema)] : []),
      useEventStreams(requests),
      useKeySet(services.signingKeys, services.environments),
      useReadinessCheck({ endpoint: '/readyz', check: isReady }),
      ...(graphiql ? [graphiql.plugin] : []),
      ...deps.plugins,
      useReleasedStatus(config.statusForJson),
      useBudgetHeaders(config.budget, config.operationLimits.cost, clock),
      useNoStore(),
      useCompression(),
    ],
  });
}

function corsFor(origins: readonly string[]) {
  return {
    origin: [...origins],
    // Keys travel in a header that the page sets itself; cookies have no part in this.
    credentials: false,
    methods: ['GET', 'POST', 'OPTIONS'],
    allowedHeaders: ['authorization', 'content-type', 'x-request-id'],
    exposedHeaders: ['x-request-id', 'ratelimit', 'ratelimit-policy', 'retry-after'],
    maxAge: 86_400,
  };
}
