import type { FastDoor } from '../http/fast-answers.js';
import type { Route } from '../http/route.js';
import { FairGate } from '../scheduling/fair-gate.js';
import { MAX_COSTLY_AT_ONCE } from './bounds/admission.js';
import { KnownOperations } from './compiled/known-operations.js';
import { contexts } from './execution/contexts.js';
import { DirectExecution } from './execution/direct.js';
import { createFastDoor } from './fast-door.js';
import { createPersonSchema } from './person-schema.js';
import { isOpenToPersons } from './persons/person-access.js';
import { type GraphQLDeps, graphqlRoute } from './route.js';
import { createSchema, printSubgraph } from './schema.js';

/** The two ways into the graph: one for every request, and one for operations that were sent before. */
export interface GraphQLDoor {
  readonly route: Route;
  readonly fast: FastDoor;
}

/** Connects both ways to the same schema, bounds and context. */
export function createGraphQLDoor(deps: GraphQLDeps): GraphQLDoor {
  const { config, db, services, budgets } = deps;
  const { prefixes, operationLimits: limits, budget, trustedProxies } = config;
  const schema = createSchema(prefixes);
  const gate = new FairGate(MAX_COSTLY_AT_ONCE);
  const bounds = { limits, isSchemaOpen: !config.production, budgets, gate };
  const subgraphSdl = () => printSubgraph(prefixes, config.subgraphWithout);
  const createContext = contexts({ db, services, trustedProxies, subgraphSdl });
  const direct = new DirectExecution({ schema, personSchema: createPersonSchema(prefixes), bounds, createContext });
  const operations = new KnownOperations({ schema, db, bounds, isOpenToPersons });
  const { authentication } = services;
  return {
    route: graphqlRoute(deps, { schema, bounds, createContext, direct }),
    fast: createFastDoor({ operations, direct, authentication, budget, maxCost: limits.cost }),
  };
}
