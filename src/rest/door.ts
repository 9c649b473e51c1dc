import type { IncomingMessage } from 'node:http';
import { Loaders } from '../auth/loaders.js';
import { actualCost, pointsOf } from '../auth/prices.js';
import { type Allowance, type Budgets, exhaustedMessage } from '../auth/rate-limiter.js';
import type { Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import { RequestError } from '../domain/errors.js';
import { budgetHeaders } from '../http/budget-headers.js';
import { originOf } from '../http/origin.js';
import type { Entry } from '../http/request-log.js';
import type { Clock } from '../runtime/clock.js';
import { after, attempt, type MaybePromise } from '../scheduling/maybe-promise.js';
import { ofRequest, readAsOf } from '../scheduling/request-life.js';
import type { Services } from '../services.js';
import type { RestFailure } from './protocol/failure.js';
import { toFailure } from './protocol/failures.js';
import { type Body, JsonText, type Operation, type PublicContext, type RestContext } from './protocol/operation.js';
import { parseBody, parseQuery } from './protocol/parameters.js';
import { createRoutes, type Found, familyOf, type Routes } from './routes.js';

export interface RestDeps {
  readonly db: Database;
  readonly services: Services;
  readonly budgets: Budgets;
  readonly clock: Clock;
  readonly trustedProxies: number;
  readonly operations: readonly Operation[];
  /** Called with each operation that was found: its ID, the status of its answer, and the time it took. */
  readonly observe: ((operation: string, status: number, milliseconds: number) => void) | undefined;
}

/** A request to the REST API. */
export interface RestRequest {
  readonly method: string;
  readonly pathname: string;
  /** The query string, without the question mark. */
  readonly search: string;
  /** The text of the body. An operation without a body does not look at it. @throws {RestFailure} when it cannot be read */
  readonly body: () => string;
  readonly requestId: string;
  readonly header: (name: string) => string | null;
  readonly message: IncomingMessage | undefined;
  readonly assertWanted: () => void;
  /** Runs work within the life of the request; undefined when it runs in it already. */
  readonly live?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
}

export interface RestAnswer {
  readonly status: number;
  /** JSON text; null for none. */
  readonly body: string | null;
  readonly headers: readonly (readonly [string, string])[];
  readonly viewer: Entry['viewer'] | null;
  /** The path of the operation for the log, without the values of its parameters. */
  readonly path: string;
  /** The error that was answered, for the log. */
  readonly error: unknown;
}

type Headers = RestAnswer['headers'];
const NONE: Headers = [];
const NO_CREDENTIAL = 'Send an API key or an access token: Authorization: Bearer …';

/** What a request was charged, and what of it is for rows that it may examine. */
interface Charged {
  readonly allowance: Allowance;
  readonly points: number;
  readonly rows: number;
}

/** Answers requests to the REST API, on both ways into the server. */
export class RestDoor {
  readonly #routes: Routes;

  constructor(private readonly deps: RestDeps) {
    this.#routes = createRoutes(deps.operations);
  }

  /** Whether a path belongs to the API. */
  owns(pathname: string): boolean {
    return this.#routes.owns(pathname);
  }

  answer(request: RestRequest): MaybePromise<RestAnswer> {
    const { observe } = this.deps;
    const startedAt = observe ? performance.now() : 0;
    let found: Found | null = null;
    let viewer: RestAnswer['viewer'] = null;
    let headers = NONE;
    const answerOf = (given: Outcome): RestAnswer => {
      if (!found) return { ...given, path: `${familyOf(request.pathname)}/…`, viewer };
      const { id, path } = found.operation;
      observe?.(id, given.status, performance.now() - startedAt);
      return { ...given, path, viewer };
    };
    const refuse = (error: unknown) =>
      answerOf(refusal(toFailure(error, found?.operation ?? {}, sent), error, headers));
    let sent: unknown;
    return attempt(() => {
      found = this.#routes.find(request.method, request.pathname);
      const { operation, path } = found;
      const query = operation.query ? parseQuery(operation.query, request.search) : {};
      const body = operation.body ? parseBody(operation.body, request.body()) : undefined;
      sent = body;
      const input = { path, query, body } as never; // of the types that the operation was declared with
      if (operation.isPublic) {
        return after(operation.run(this.#publicContext(request) as RestContext & PublicContext, input), (given) =>
          answerOf(success(operation, given, NONE)),
        );
      }
      const execute = () => {
        const { authentication } = this.deps.services;
        const caller = authentication.authenticate(request.header('authorization'), causeOf(request));
        return after(caller, (one) => {
          if (!one) throw new RequestError('UNAUTHENTICATED', NO_CREDENTIAL);
          if (operation.method === 'GET') readAsOf(one.asOf);
          viewer = { environmentId: one.environmentId, actorId: one.actor.id };
          return after(this.#charge(one, operation, query), (charged) => {
            headers = budgetHeaders(charged.allowance, this.deps.budgets.budget);
            const given = operation.run(this.#context(request, one) as RestContext & PublicContext, input);
            return after(given, (result) => answerOf(success(operation, result, this.#settle(one, charged, headers))));
          });
        });
      };
      return request.live && !operation.isImmediate ? request.live(async () => execute()) : execute();
    }, refuse);
  }

  #charge(viewer: Viewer, { price }: Operation, query: Readonly<Record<string, unknown>>): MaybePromise<Charged> {
    const { budgets } = this.deps;
    const { points, rows } = price(query);
    return after(budgets.charge(viewer.actor.id, points), (charged) => {
      if ('allowance' in charged) return { allowance: charged.allowance, points, rows };
      const { retryAfterSeconds } = charged;
      const message = exhaustedMessage(budgets.budget, retryAfterSeconds);
      throw new RequestError('RATE_LIMITED', message, { retryAfterSeconds });
    });
  }

  /** Gives back what was charged for rows that were not examined. */
  #settle(viewer: Viewer, { points, rows }: Charged, headers: Headers): Headers {
    if (rows === 0) return headers;
    const { budgets } = this.deps;
    const due = actualCost(points, pointsOf(rows), ofRequest()?.examined ?? 0);
    return budgetHeaders(budgets.refund(viewer.actor.id, Math.max(0, points - due)), budgets.budget);
  }

  #publicContext(request: RestRequest): PublicContext {
    const { services, db, trustedProxies } = this.deps;
    const header = (name: 'x-forwarded-for' | 'user-agent') => request.header(name);
    return {
      services,
      origin: originOf(header, request.message, causeOf(request), trustedProxies),
      authenticate: services.authentication.authenticate,
      loadersOf: (viewer) => new Loaders(db.reader, viewer),
    };
  }

  #context(request: RestRequest, viewer: Viewer): Omit<RestContext, 'origin'> {
    const { services, db, clock } = this.deps;
    return {
      viewer,
      services,
      db,
      loaders: new Loaders(db.reader, viewer),
      idempotencyKey: request.method === 'POST' ? request.header('idempotency-key') : null,
      assertWanted: request.assertWanted,
      now: () => clock.now(),
    };
  }
}

function causeOf({ requestId }: RestRequest) {
  return { requestId, api: 'REST' } as const;
}

type Outcome = Pick<RestAnswer, 'status' | 'body' | 'headers' | 'error'>;

function success({ success: { status } }: Operation, body: Body, headers: Headers): Outcome {
  const text = body === null ? null : body instanceof JsonText ? body.text : JSON.stringify(body);
  return { status, body: text, headers, error: null };
}

function refusal({ status, body, headers: own }: RestFailure, error: unknown, headers: Headers): Outcome {
  return { status, body: JSON.stringify(body), headers: [...headers, ...Object.entries(own)], error };
}
