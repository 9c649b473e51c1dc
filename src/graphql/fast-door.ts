import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Budget } from '../auth/rate-limiter.js';
import type { Viewer } from '../auth/viewer.js';
import { budgetHeaders } from '../http/budget-headers.js';
import type { FastAnswer, FastDoor, FastRequest } from '../http/fast-answers.js';
import { JSON_TYPE, singleAnswerType } from '../http/media-types.js';
import { after, type MaybePromise } from '../scheduling/maybe-promise.js';
import type { AuthenticationService } from '../tokens/authentication.service.js';
import type { FastResult, KnownOperations, SentOperation } from './compiled/known-operations.js';
import { costOf } from './execution/budget.plugin.js';
import { causeOf } from './execution/contexts.js';
import type { DirectExecution } from './execution/direct.js';
import { isGraphqlPath } from './path.js';

export interface FastDoorDeps {
  readonly operations: KnownOperations;
  readonly direct: DirectExecution;
  readonly authentication: AuthenticationService;
  readonly budget: Budget;
  readonly maxCost: number;
}

/** Answers operations that were sent before, from the bytes of a request to those of its response. */
export function createFastDoor({ operations, direct, authentication, budget, maxCost }: FastDoorDeps): FastDoor {
  function answer(request: FastRequest): MaybePromise<FastAnswer | null> {
    const { body, authorization, requestId, assertWanted } = request;
    const sent = operationIn(body);
    const known = sent && operations.find(sent);
    if (!known) return null;
    const answered = (viewer: Viewer, result: FastResult): FastAnswer => {
      const cost = JSON.stringify(costOf(result.spent, maxCost));
      return {
        status: 200,
        type: typeFor(request.message.headers.accept) ?? JSON_TYPE,
        body: `{"data":${result.data},"extensions":{"cost":${cost}}}`,
        headers: budgetHeaders(result.spent, budget),
        viewer: { environmentId: viewer.environmentId, actorId: viewer.actor.id },
        operation: { name: known.operation.name?.value },
      };
    };
    const execute = (viewer: Viewer): MaybePromise<FastResult | null> => {
      const coerced = known.coerce(sent.variables);
      if (!coerced) return null;
      const variables = { given: sent.variables, coerced };
      const read = operations.execute(known, coerced, viewer, assertWanted);
      return after(read, (result) => result ?? direct.execute(known, variables, viewer, request));
    };
    return after(
      authentication.authenticate(authorization, causeOf(requestId)),
      (viewer) => viewer && after(execute(viewer), (result) => result && answered(viewer, result)),
    );
  }

  return { accepts, answer };
}

const FAST_TYPES: readonly (string | undefined)[] = [JSON_TYPE, `${JSON_TYPE}; charset=utf-8`];

/** A JSON body in a POST whose answer may be JSON. */
function accepts({ method, url = '', headers }: IncomingMessage): boolean {
  if (method !== 'POST' || url.includes('?') || !isGraphqlPath(url)) return false;
  return FAST_TYPES.includes(headers['content-type']) && typeFor(headers.accept) !== null;
}

/** Values of `Accept` whose meaning is remembered. Clients send a few. */
const MAX_ACCEPTS = 100;
const types = new LRUCache<string, { readonly type: string | null }>({ max: MAX_ACCEPTS });

/** The `Content-Type` of a response for this `Accept`; null when it is not a JSON text. */
function typeFor(accept = '*/*'): string | null {
  const known = types.get(accept);
  if (known) return known.type;
  const single = singleAnswerType(new Headers({ accept }));
  const type = single && `${single}; charset=utf-8`;
  types.set(accept, { type });
  return type;
}

/** The operation in a body, or null when it has anything but a document, the name of an operation and variables. */
function operationIn(body: Buffer): SentOperation | null {
  if (!isUtf8(body)) return null;
  const text = body.toString();
  // An escape can be half of a surrogate pair, which is refused with an error of its own.
  const json = text.includes('\\u') ? null : parsed(text);
  if (typeof json !== 'object' || json === null) return null;
  const { query, operationName = null, variables, ...others } = json as Readonly<Record<string, unknown>>;
  if (typeof query !== 'string' || query === '' || operationName === '' || Object.keys(others).length > 0) return null;
  if (operationName !== null && typeof operationName !== 'string') return null;
  const given = variables ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) return null;
  return { query, operationName, variables: given as SentOperation['variables'] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
