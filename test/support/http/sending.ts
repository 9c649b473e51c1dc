import type { TestApp } from '../test-app.js';

export const NEW = 'application/graphql-response+json';
export const JSON_TYPE = 'application/json';

interface Sent {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: read by path, and a wrong path fails the assertion.
  readonly body: any;
}

export interface Request_ {
  readonly body?: unknown;
  readonly raw?: string;
  readonly get?: Record<string, string>;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly secret?: string | null;
}

export async function send(
  { app }: TestApp,
  { body, raw, get, method, headers = {}, secret = null }: Request_,
): Promise<Sent> {
  const all = {
    accept: NEW,
    ...(get ? {} : { 'content-type': JSON_TYPE }),
    ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
    ...headers,
  };
  const query = get ? `?${new URLSearchParams(get)}` : '';
  const init = {
    method: method ?? (get ? 'GET' : 'POST'),
    headers: all,
    ...(get ? {} : { body: raw ?? JSON.stringify(body) }),
  };
  const response = await app.fetch(new Request(`http://localhost/graphql${query}`, init));
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    type,
    headers: response.headers,
    body: type.includes('json') ? JSON.parse(text) : text,
  };
}
