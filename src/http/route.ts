import type { IncomingMessage } from 'node:http';

/** What the listener knows of a request beside the request itself. */
export interface ServerContext {
  /** The Node request; absent when the caller used `fetch`. */
  readonly req?: IncomingMessage;
}

/** A request on its way to a route. */
export interface Exchange {
  readonly request: Request;
  readonly url: URL;
  readonly context: ServerContext;
}

/** One address, or a few, of the server. */
export interface Route {
  /** Whether the path is one of its addresses. A proxy may leave a prefix in front of it, or strip it. */
  matches(pathname: string, request: Request): boolean;
  /** The methods it takes; null when it refuses methods by itself. */
  readonly methods: readonly string[] | null;
  answer(exchange: Exchange): Promise<Response> | Response;
}

/** The methods of addresses that are only read. */
export const READ_METHODS = ['GET', 'HEAD', 'OPTIONS'];
