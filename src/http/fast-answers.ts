import type { IncomingMessage, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { StartTimer } from '../runtime/timer.js';
import { attempt, type MaybePromise } from '../scheduling/maybe-promise.js';
import { RequestLife } from '../scheduling/request-life.js';
import { afterSockets, atEndOfTurn, isBehind, turnHasTime } from '../scheduling/turns.js';
import { codingOf, compress } from './compression.plugin.js';
import type { NodeListener } from './listener.js';
import { JSON_TYPE, singleAnswerType } from './media-types.js';
import type { Entry, Requests } from './request-log.js';

/** A request that a door may answer at once. */
export interface FastRequest {
  readonly body: Buffer;
  readonly authorization: string;
  readonly requestId: string;
  /** Throws when nobody waits for the response. Called before each statement and before the answer. */
  readonly assertWanted: () => void;
  readonly message: IncomingMessage;
  /** Runs work that ends with the request: within it, `ofRequest` returns the life of the request. */
  readonly live: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The answer to it: status 200 and a JSON text. */
export interface FastAnswer {
  readonly body: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly viewer: NonNullable<Entry['viewer']>;
  /** The name of the operation in its document. */
  readonly operation: string | undefined;
}

/** What is called with each answer: the name of the operation, and the milliseconds since the request arrived. */
export type FastAnswerObserver = (operation: string | undefined, milliseconds: number) => void;

export interface FastAnswersDeps {
  readonly requests: Requests;
  /** Milliseconds from the arrival of a request to its timeout. */
  readonly timeoutMs: number;
  readonly startTimer: StartTimer;
  readonly observe: FastAnswerObserver | undefined;
}

/** Answers requests of one address at once, or returns null for those that take the usual way. */
export interface FastDoor {
  matches(pathname: string): boolean;
  answer(request: FastRequest): MaybePromise<FastAnswer | null>;
}

/** Longer bodies take the usual way. Node buffers this much before anybody reads. */
const MAX_FAST_BODY_BYTES = 16_384;

/**
 * Answers plain requests before a `Request` is made of them: a JSON body that has arrived with its headers, a bearer
 * credential, and no header that asks for anything beyond it, e.g. CORS. All other requests, and those that the door does
 * not answer, go to `next` untouched. Status, headers and the line in the log are the same on both ways.
 */
export function withFastAnswers(
  next: NodeListener,
  door: FastDoor,
  { requests, timeoutMs, startTimer, observe }: FastAnswersDeps,
): NodeListener {
  const answer = (request: IncomingMessage, response: ServerResponse, length: number): MaybePromise<void> => {
    const body: Buffer | null = request.read();
    if (body?.length !== length) {
      if (body) request.unshift(body);
      return next(request, response);
    }
    const entry = requests.begin(request.headers['x-request-id']?.toString());
    const { authorization = '' } = request.headers;
    const assertWanted = () => {
      if (isOver(request, entry, timeoutMs)) throw new NobodyWaits();
    };
    const live: FastRequest['live'] = (work) => {
      const life = new RequestLife(abortedWith(request), timeoutMs, startTimer);
      life.watch(request.socket, entry.startedAt);
      return life.run(work);
    };
    const pass = (): MaybePromise<void> => {
      requests.noteArrival(request, entry);
      return next(request, response);
    };
    const finish = (given: FastAnswer): void => {
      // The connection takes the next request when this one was read to its end.
      if (!request.complete || request.readableLength > 0) request.resume();
      send(request, response, given, entry.id);
      entry.viewer = given.viewer;
      observe?.(given.operation, performance.now() - entry.startedAt);
      requests.answered(entry, 'POST', request.url ?? '', 200);
    };
    // What fails is done again, and reported, by the usual way.
    const sent = { body, authorization, requestId: entry.id, assertWanted, message: request, live };
    const answered = attempt(() => door.answer(sent), asNull);
    if (answered instanceof Promise) {
      // The request must not end before it is known whether somebody else has to read it.
      request.unshift(body);
      return answered.then((given) => (given ? atEndOfTurn(() => finish(given)) : pass()));
    }
    if (answered) return atEndOfTurn(() => finish(answered));
    request.unshift(body);
    return pass();
  };
  return (request, response) => {
    const length = fastLengthOf(request, door);
    if (length === null) return next(request, response);
    // By then it is known whether the client has gone.
    if (isBehind() || !turnHasTime()) return afterSockets().then(() => answer(request, response, length));
    // The parser reads the body that came with the headers before the next tick.
    process.nextTick(answer, request, response, length);
  };
}

const asNull = () => null;

function abortedWith(request: IncomingMessage): Pick<AbortSignal, 'aborted'> {
  return {
    get aborted() {
      return request.destroyed;
    },
  };
}

/** Stops a read whose client has gone or whose time is over. The usual way reports it. */
class NobodyWaits extends Error {}

function isOver({ socket, destroyed }: IncomingMessage, { startedAt }: Entry, timeoutMs: number): boolean {
  return destroyed || socket.readableEnded || performance.now() - startedAt >= timeoutMs;
}

const FAST_TYPES: readonly (string | undefined)[] = [JSON_TYPE, `${JSON_TYPE}; charset=utf-8`];
/** Headers that change the answer. */
const SPECIAL = ['origin', 'content-encoding', 'transfer-encoding', 'expect', 'upgrade'] as const;

/** The length of the body, or null when the request takes the usual way. */
function fastLengthOf(request: IncomingMessage, door: FastDoor): number | null {
  const { method, url = '', headers } = request;
  // A parser of a framework in front has read the body already.
  if (method !== 'POST' || !door.matches(url) || 'body' in request) return null;
  if (headers.authorization === undefined || !FAST_TYPES.includes(headers['content-type'])) return null;
  for (const name of SPECIAL) if (headers[name] !== undefined) return null;
  if (headers.host === undefined || !isHost(headers.host) || typeFor(headers.accept) === null) return null;
  const length = Number(headers['content-length']);
  return length > 0 && length <= MAX_FAST_BODY_BYTES ? length : null;
}

/** Header values whose meaning is remembered. Clients send a few. */
const MAX_HEADER_VALUES = 100;
const hosts = new LRUCache<string, boolean>({ max: MAX_HEADER_VALUES });
const types = new LRUCache<string, { readonly type: string | null }>({ max: MAX_HEADER_VALUES });

function isHost(host: string): boolean {
  const known = hosts.get(host);
  if (known !== undefined) return known;
  const isValid = URL.canParse(`http://${host}`);
  hosts.set(host, isValid);
  return isValid;
}

/** The `Content-Type` of a response for this `Accept`; null when it is not a JSON text. */
function typeFor(accept = '*/*'): string | null {
  const known = types.get(accept);
  if (known) return known.type;
  const single = singleAnswerType(new Headers({ accept }));
  const type = single && `${single}; charset=utf-8`;
  types.set(accept, { type });
  return type;
}

function send(request: IncomingMessage, response: ServerResponse, { body, headers }: FastAnswer, id: string): void {
  const { accept, 'accept-encoding': accepted } = request.headers;
  const bytes = Buffer.byteLength(body);
  const coding = accepted === undefined ? null : codingOf(String(accepted), bytes);
  const fields = ['content-type', typeFor(accept) ?? JSON_TYPE];
  for (const header of headers) fields.push(...header);
  fields.push('x-request-id', id, 'cache-control', 'no-store', 'vary', 'accept-encoding');
  if (coding === null) {
    fields.push('content-length', String(bytes));
    // Only ASCII has as many bytes as characters, and Node writes it faster as Latin-1, which is the same.
    response.writeHead(200, fields).end(body, bytes === body.length ? 'latin1' : 'utf8');
    return;
  }
  fields.push('content-encoding', coding);
  compress(Buffer.from(body), coding).then(
    (compressed) => response.writeHead(200, [...fields, 'content-length', String(compressed.length)]).end(compressed),
    (error: Error) => response.destroy(error),
  );
}
