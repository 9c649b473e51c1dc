import type { z } from 'zod';
import type { Loaders } from '../../auth/loaders.js';
import type { Viewer } from '../../auth/viewer.js';
import type { Database } from '../../db/database.js';
import type { ErrorCode } from '../../domain/errors.js';
import type { Instant } from '../../runtime/clock.js';
import type { MaybePromise } from '../../scheduling/maybe-promise.js';
import type { Origin } from '../../sessions/sign-in.js';
import type { Authenticate } from '../../tokens/authentication.service.js';
import type { UseCases } from '../../use-cases.js';

/** What an operation works with: the caller, the use cases and the loaders of this request. */
export interface RestContext {
  readonly viewer: Viewer;
  readonly services: UseCases;
  readonly loaders: Loaders;
  readonly db: Pick<Database, 'rows' | 'reader'>;
  /** The header `Idempotency-Key`. */
  readonly idempotencyKey: string | null;
  /** Throws when nobody waits for the response. */
  readonly assertWanted: () => void;
  readonly now: () => Instant;
}

/** What `authenticate` works with: it has no viewer yet. */
export interface PublicContext {
  readonly services: UseCases;
  readonly origin: Origin;
  readonly authenticate: Authenticate;
  readonly loadersOf: (viewer: Viewer | null) => Loaders;
}

/** A response body that is already JSON text. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** A response body. Null for a response without one. */
export type Body = object | JsonText | null;

/** The status and the code of a failure. */
export type Failure = readonly [status: number, code: string];

/** Parameters of a request, parsed. */
export interface Input<Query, Sent> {
  /** The parameters of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Sent;
}

/** What the description (OpenAPI) tells of an operation. */
export interface Described {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With parameters in braces, e.g. `/user_management/users/{id}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Statuses of failures that the operation has besides those of every operation. */
  readonly errors: readonly number[];
  readonly success: { readonly status: 200 | 201 | 204; readonly body: z.ZodType | null };
  /** Failures of the domain that have another status or code here than in `FAILURES`. */
  readonly failures?: Partial<Record<ErrorCode, Failure>>;
  /** Whether a response of status 422 names the parameter in `errors`. */
  readonly namesFields?: true;
  /** Whether it reads one row by itself, without loaders: then it needs no context that promises carry. */
  readonly isImmediate?: true;
  /** Whether a POST takes `Idempotency-Key`. */
  readonly isIdempotent?: true;
}

/** An operation of the REST API. */
export interface Operation extends Described {
  readonly isPublic: boolean;
  /** What it costs, in points of the caller's budget, and the rows that it may examine besides those it returns. */
  readonly price: (query: Readonly<Record<string, unknown>>) => { readonly points: number; readonly rows: number };
  readonly run: (context: RestContext & PublicContext, input: Input<never, never>) => MaybePromise<Body>;
}

type QueryOf<Spec extends Described> = Spec['query'] extends z.ZodType ? z.output<Spec['query']> : object;
type BodyOf<Spec extends Described> = Spec['body'] extends z.ZodType ? z.output<Spec['body']> : undefined;

const READ = () => ({ points: 1, rows: 0 });

/** Declares an operation of a viewer. `price` is that of reading one object, unless it is given. */
export function operation<const Spec extends Described>(
  spec: Spec & { readonly price?: Operation['price'] },
  run: (context: RestContext, input: Input<QueryOf<Spec>, BodyOf<Spec>>) => MaybePromise<Body>,
): Operation {
  return { price: READ, ...spec, isPublic: false, run };
}

/** Declares an operation that verifies the credentials in its body. Nobody is charged for it. */
export function publicOperation<const Spec extends Described>(
  spec: Spec,
  run: (context: PublicContext, input: Input<QueryOf<Spec>, BodyOf<Spec>>) => MaybePromise<Body>,
): Operation {
  return { ...spec, price: READ, isPublic: true, run };
}
