import type { IncomingMessage, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { StartTimer } from '../runtime/timer.js';
import { attempt, type MaybePromise } from '../scheduling/maybe-promise.js';
import { RequestLife } from '../scheduling/request-life.js';
import { afterSockets, atEndOfTurn, isBehind, turnHasTime } from '../scheduling/turns.js';
import { codingOf, compress } from './compression.plugin.js';
import type { NodeListener } from './listener.js';
import type { Entry, Requests } from './request-log.js';

/** A request that a door may answer at once. */
export interface FastRequest {
  /** Empty for a request without a body. */
  readonly body: Buffer;
  readonly authorization: string;
  readonly requestId: string;
  /** Throws when nobody waits for the response. Called before each statement and before the answer. */
  readonly assertWanted: () => void;
  readonly message: IncomingMessage;
  /** Runs work that ends with the request: within it, `ofRequest` returns the life of the request. */
  readonly live: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The answer to it. */
export interface FastAnswer {
  readonly status: number;
  /** JSON text; null for none. */
  readonly body: string | null;
  readonly type: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly viewer: Entry['viewer'] | null;
  /** What stands in the log instead of the path. */
  readonly path?: string;
  /** The operation of the graph, and the name that it has in its document. Null for other requests. */
  readonly operation: { readonly name: string | undefined } | null;
}

/** What is called with each answer: its status, its operation, and the milliseconds since the request arrived. */
export type FastAnswerObserver = (answer: Pick<FastAnswer, 'status' | 'operation'>, milliseconds: number) => void;

export interface FastAnswersDeps {
  readonly requests: Requests;
  /** Milliseconds from the arrival of a request to its timeout. */
  readonly timeoutMs: number;
  readonly startTimer: StartTimer;
  readonly observe: FastAnswerObserver | undefined;
}

/** Answers requests of some addresses at once, or returns null for those that take the usual way. */
export interface FastDoor {
  /** Whether it may answer a request with this method and URL. Its headers are those of any API. */
  accepts(request: IncomingMessage): boolean;
  answer(request: FastRequest): MaybePromise<FastAnswer | null>;
}

/** Longer bodies take the usual way. Node buffers this much before anybody reads. */
const MAX_FAST_BODY_BYTES = 16_384;

/**
 * Answers plain requests before a `Request` is made of them: no body, or one that has arrived with the headers, a bearer
 * credential, and no header that asks for anything beyond it, e.g. CORS. All other requests, and those that no door
 * answers, go to `next` untouched. Status, headers and the line in the log are the same on both ways.
 */
export function withFastAnswers(
  next: NodeListener,
  doors: readonly FastDoor[],
  { requests, timeoutMs, startTimer, observe }: FastAnswersDeps,
): NodeListener {
  const answer = (
    request: IncomingMessage,
    response: ServerResponse,
    door: FastDoor,
    length: number,
  ): MaybePromise<void> => {
    const body: Buffer | null = length === 0 ? NO_BODY : request.read();
    if (body?.length !== length) {
      if (body) request.unshift(body);
      return next(request, response);
    }
    const giveBack = () => {
      if (length > 0) request.unshift(body);
    };
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
      if (given.viewer) entry.viewer = given.viewer;
      if (given.path !== undefined) entry.path = given.path;
      observe?.(given, performance.now() - entry.startedAt);
      requests.answered(entry, request.method ?? '', request.url ?? '', given.status);
    };
    // What fails is done again, and reported, by the usual way.
    const sent = { body, authorization, requestId: entry.id, assertWanted, message: request, live };
    const answered = attempt(() => door.answer(sent), asNull);
    if (answered instanceof Promise) {
      // The request must not end before it is known whether somebody else has to read it.
      giveBack();
      return answered.then((given) => (given ? atEndOfTurn(() => finish(given)) : pass()));
    }
    if (answered) return atEndOfTurn(() => finish(answered));
    giveBack();
    return pass();
  };
  return (request, response) => {
    const door = doors.find((one) => one.accepts(request));
    const length = door && fastLengthOf(request);
    if (!door || length == null) return next(request, response);
    // By then it is known whether the client has gone.
    if (isBehind() || !turnHasTime()) return afterSockets().then(() => answer(request, response, door, length));
    // The parser reads the body that came with the headers before the next tick.
    process.nextTick(answer, request, response, door, length);
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

const NO_BODY = Buffer.alloc(0);

/** Headers that change the answer. */
const SPECIAL = ['origin', 'content-encoding', 'transfer-encoding', 'expect', 'upgrade'] as const;

/** The length of the body, or null when the request takes the usual way. */
function fastLengthOf(request: IncomingMessage): number | null {
  const { headers } = request;
  // A parser of a framework in front has read the body already.
  if ('body' in request || headers.authorization === undefined) return null;
  for (const name of SPECIAL) if (headers[name] !== undefined) return null;
  if (headers.host === undefined || !isHost(headers.host)) return null;
  const length = Number(headers['content-length'] ?? 0);
  return length >= 0 && length <= MAX_FAST_BODY_BYTES ? length : null;
}

/** Header values whose meaning is remembered. Clients send a few. */
const MAX_HEADER_VALUES = 100;
const hosts = new LRUCache<string, boolean>({ max: MAX_HEADER_VALUES });

function isHost(host: string): boolean {
  const known = hosts.get(host);
  if (known !== undefined) return known;
  const isValid = URL.canParse(`http://${host}`);
  hosts.set(host, isValid);
  return isValid;
}

function send(request: IncomingMessage, response: ServerResponse, answer: FastAnswer, id: string): void {
  const { status, type, headers } = answer;
  const { 'accept-encoding': accepted } = request.headers;
  const body = answer.body ?? '';
  const bytes = Buffer.byteLength(body);
  const coding = accepted === undefined ? null : codingOf(String(accepted), bytes);
  const fields = answer.body === null ? [] : ['content-type', type];
  for (const header of headers) fields.push(...header);
  fields.push('x-request-id', id, 'cache-control', 'no-store', 'vary', 'accept-encoding');
  if (coding === null) {
    fields.push('content-length', String(bytes));
    // Only ASCII has as many bytes as characters, and Node writes it faster as Latin-1, which is the same.
    response.writeHead(status, fields).end(body, bytes === body.length ? 'latin1' : 'utf8');
    return;
  }
  fields.push('content-encoding', coding);
  compress(Buffer.from(body), coding).then(
    (compressed) =>
      response.writeHead(status, [...fields, 'content-length', String(compressed.length)]).end(compressed),
    (error: Error) => response.destroy(error),
  );
}
