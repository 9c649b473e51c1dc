import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { listening } from '../streams.js';
import type { Answer, TestApp } from '../test-app.js';

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export async function send({ app }: TestApp, path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  const init = { method, headers, ...(body === undefined ? {} : { body }) };
  const response = await app.fetch(new Request(`http://localhost${path}`, init));
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

/** The errors of a refusal, each of which has a code and the id of the request. */
export function errorsOf({ text, headers }: { text: string; headers: Pick<Headers, 'get'> }) {
  const { errors = [] } = JSON.parse(text) as Answer; // JSON knows no types
  expect(headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json/);
  expect(errors.length).toBeGreaterThan(0);
  for (const { extensions } of errors) {
    expect(Object.keys(extensions).sort()).toEqual(['code', 'requestId']);
    expect(extensions.requestId).toBe(headers.get('x-request-id'));
  }
  return errors;
}

/** A WebSocket that was acknowledged. */
export async function open(app: TestApp) {
  const connectionParams = { authorization: `Bearer ${await app.key()}` };
  const socket = new WebSocket(`ws://${await listening(app)}`, 'graphql-transport-ws');
  const waiting: ((message: unknown) => void)[] = [];
  socket.on('message', (data) => waiting.shift()?.(JSON.parse(String(data))));
  const next = () => new Promise<unknown>((resolve) => waiting.push(resolve));
  const closed = new Promise<[number, string]>((resolve) =>
    socket.once('close', (code, reason) => resolve([code, String(reason)])),
  );
  const sendMessage = (message: object) => socket.send(JSON.stringify(message));
  await new Promise((resolve) => socket.once('open', resolve));
  onTestFinished(() => socket.terminate());
  const acknowledged = next();
  sendMessage({ type: 'connection_init', payload: connectionParams });
  await acknowledged;
  return { socket, send: sendMessage, next, closed };
}
