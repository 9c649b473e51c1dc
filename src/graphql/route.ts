import type { GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { isAllowed } from '../auth/policy.js';
import type { Budgets } from '../auth/rate-limiter.js';
import type { Config } from '../config/config.js';
import type { Database } from '../db/database.js';
import { RequestError } from '../domain/errors.js';
import type { Requests } from '../http/request-log.js';
import type { Route, ServerContext } from '../http/route.js';
import type { RouterOnly } from '../http/router-only.js';
import type { Services } from '../services.js';
import type { Bounds } from './bounds/admission.js';
import { useBounds } from './bounds/bounds.plugin.js';
import type { GraphQLContext } from './builder/context.js';
import { presentError } from './errors/errors.js';
import { useAnswerType } from './execution/answer-type.plugin.js';
import { useBudgetHeaders } from './execution/budget.plugin.js';
import { type CreateContext, causeOf } from './execution/contexts.js';
import type { DirectExecution } from './execution/direct.js';
import { createDocumentCache } from './execution/document-cache.js';
import { useErrorLimit } from './execution/error-limit.plugin.js';
import { useEventStreams } from './execution/event-streams.plugin.js';
import { useReferenceExecutor } from './execution/executor.plugin.js';
import { useReleasedStatus } from './execution/http-status.plugin.js';
import { useJsonOnly } from './execution/json-only.plugin.js';
import { useParameters } from './execution/parameters.plugin.js';
import type { PersistedDocuments } from './execution/persisted-documents.js';
import { usePersistedDocuments } from './execution/persisted-documents.plugin.js';
import { useReadableQueryString } from './execution/query-string.plugin.js';
import { useRequestErrors } from './execution/request-errors.plugin.js';
import { useRouterOnly } from './execution/router-only.plugin.js';
import { useSuggestions } from './execution/suggestions.plugin.js';
import { GRAPHQL_PATTERN, isGraphqlPath } from './path.js';
import { usePersonSchema } from './person-schema.js';

export interface GraphQLDeps {
  readonly config: Config;
  readonly db: Database;
  readonly requests: Requests;
  readonly services: Services;
  /** Verifies router signatures. Null when the server accepts requests from every client. */
  readonly routerOnly: RouterOnly | null;
  /** Documents that a request can refer to by hash. */
  readonly documents: PersistedDocuments;
  readonly budgets: Budgets;
  /** Plugins for metrics and traces. They run after the plugin that sets the codes of errors. */
  readonly observers: readonly Plugin[];
}

/** What both ways into the graph share. */
export interface Execution {
  readonly schema: GraphQLSchema;
  readonly bounds: Bounds;
  readonly createContext: CreateContext;
  readonly direct: DirectExecution;
}

/** Disables Yoga's health check: no path ends with a space. */
const NO_ENDPOINT = ' ';

/** Returns the route `/graphql`: GraphQL over HTTP, with JSON or server-sent events as response. */
export function graphqlRoute(deps: GraphQLDeps, { schema, bounds, createContext, direct }: Execution): Route {
  const { config, requests, services, routerOnly } = deps;
  const maySeeSchema = async (request: Request) => {
    try {
      const { id } = requests.of(request);
      const viewer = await services.authentication.authenticate(request.headers.get('authorization'), causeOf(id));
      return viewer !== null && isAllowed(viewer, 'schema.read');
    } catch (error) {
      if (error instanceof RequestError) return false;
      throw error;
    }
  };
  /** Which schema runs, and whether the operation may run at all. */
  const executing = [useReferenceExecutor(), usePersonSchema(config.prefixes), useErrorLimit(), useBounds(bounds)];
  /** From the bytes of a request to its parameters. */
  const reading = [
    useAnswerType(),
    useJsonOnly(config.maxBodyBytes),
    useReadableQueryString(),
    ...(routerOnly ? [useRouterOnly(routerOnly)] : []),
    useParameters(),
    usePersistedDocuments(deps.documents),
  ];
  /** From the result to status, headers and body. */
  const answering = [
    useRequestErrors(requests),
    ...(config.production ? [useSuggestions(maySeeSchema)] : []),
    useEventStreams(requests),
    ...deps.observers,
    useReleasedStatus(config.statusForJson),
    useBudgetHeaders(config.budget, config.operationLimits.cost),
  ];
  const yoga = createYoga<ServerContext>({
    schema,
    context: async (initial): Promise<GraphQLContext> => {
      const entry = requests.of(initial.request);
      const header = (name: string) => initial.request.headers.get(name);
      const executed = direct.contextOf(initial.req);
      const viewer =
        executed?.viewer ?? (await services.authentication.authenticate(header('authorization'), causeOf(entry.id)));
      if (viewer) entry.viewer = { environmentId: viewer.environmentId, actorId: viewer.actor.id };
      return executed ?? createContext({ viewer, requestId: entry.id, header, message: initial.req });
    },
    maskedErrors: { errorMessage: '', maskError: presentError },
    // Yoga logs queries and variables, which can contain secrets. The request log replaces its log.
    logging: false,
    parserAndValidationCache: createDocumentCache(),
    landingPage: false,
    multipart: false,
    graphqlEndpoint: GRAPHQL_PATTERN,
    extraParamNames: ['documentId'],
    maxRequestBodySize: config.maxBodyBytes,
    healthCheckEndpoint: NO_ENDPOINT,
    // The HTTP server sets CORS headers for all routes.
    cors: false,
    graphiql: false,
    plugins: [...executing, ...reading, ...answering],
  });
  return {
    matches: isGraphqlPath,
    // Yoga rejects other methods, with a GraphQL error.
    methods: null,
    answer: ({ request, context }) => yoga.handleRequest(request, { ...context }),
  };
}
