import type { IncomingMessage } from 'node:http';
import { Loaders } from '../../auth/loaders.js';
import type { Cause, Viewer } from '../../auth/viewer.js';
import type { Database } from '../../db/database.js';
import { originOf } from '../../http/origin.js';
import type { Services } from '../../services.js';
import type { GraphQLContext } from '../builder/context.js';

export interface ContextDeps {
  readonly db: Database;
  readonly services: Services;
  readonly trustedProxies: number;
  readonly subgraphSdl: () => string;
}

/** The request that an operation belongs to. */
export interface ContextOf {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  /** Returns the value of a header. */
  readonly header: (name: 'authorization' | 'last-event-id' | 'x-forwarded-for' | 'user-agent') => string | null;
  /** The request of Node. Undefined when the caller used `fetch`. */
  readonly message: IncomingMessage | undefined;
}

export type CreateContext = (request: ContextOf) => GraphQLContext;

/** The cause of what a request to the graph does. */
export function causeOf(requestId: string): Cause {
  return { requestId, api: 'GRAPHQL' };
}

/** Returns the function that creates the context of an operation. */
export function contexts({ db, services, trustedProxies, subgraphSdl }: ContextDeps): CreateContext {
  return ({ viewer, requestId, header, message }) => ({
    viewer,
    origin: originOf(header, message, causeOf(requestId), trustedProxies),
    services,
    loaders: new Loaders(db.reader, viewer),
    renewViewer: async () => services.authentication.authenticate(header('authorization'), causeOf(requestId)),
    subgraphSdl,
    lastEventId: header('last-event-id') || null,
  });
}
