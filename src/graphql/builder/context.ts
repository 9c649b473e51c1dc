import type { ExecutionResult } from 'graphql';
import type { Loaders } from '../../auth/loaders.js';
import { type Action, ruleOf } from '../../auth/policy.js';
import type { Allowance } from '../../auth/rate-limiter.js';
import { requireScope, requireViewer, type Viewer } from '../../auth/viewer.js';
import type { UserId } from '../../domain/ids.js';
import type { Origin } from '../../sessions/sign-in.js';
import type { UseCases } from '../../use-cases.js';

/** Context of resolvers: the viewer, the use cases, and the loaders of this request. */
export interface GraphQLContext {
  readonly viewer: Viewer | null;
  /** Origin of the request: its id, network address and user agent. */
  readonly origin: Origin;
  readonly services: UseCases;
  readonly loaders: Loaders;
  /** Authenticates the request again. Subscriptions call it, so that they end when the viewer loses access. */
  readonly renewViewer: () => Promise<Viewer | null>;
  /** Returns the SDL of the subgraph, which `_service` returns to a composer. */
  readonly subgraphSdl: () => string;
  /** The header `Last-Event-ID`, which an EventSource sends when it reconnects. */
  readonly lastEventId: string | null;
  /** SSE id of the current event, when the operation is a subscription. */
  eventId?: string;
  /** Set before the operation runs on the person schema: the user whose objects it is restricted to. */
  confinedTo?: UserId;
  /** Points that this operation was charged. Set before it runs. */
  spent?: Spent;
  /** Set when the operation has already been executed. */
  readonly result?: ExecutionResult;
}

/**
 * Asserts that the viewer has the scopes of `action`, before the field is resolved. A person needs no scopes, because
 * the person schema checks their access.
 *
 * @throws {RequestError} UNAUTHENTICATED without a viewer; FORBIDDEN, with the name of the scope, when one is missing
 */
export function requireScopesOf({ viewer, confinedTo }: GraphQLContext, action: Action): void {
  requireViewer(viewer);
  if (confinedTo === undefined) for (const scope of ruleOf(action).scopes) requireScope(viewer, scope);
}

/** Points that an operation was charged, and the remaining budget of its caller. */
export interface Spent extends Allowance {
  /** Estimated maximum cost. */
  readonly cost: number;
  /** The part of the estimate that covers database rows which the operation may examine. */
  readonly examination: number;
  /** Points charged in the end. */
  readonly charged: number;
}
