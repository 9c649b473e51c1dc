import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { errorsOf, open } from '../support/http/refusals.js';
import { listening } from '../support/streams.js';
import { testApp } from '../support/test-app.js';

/** What comes back for bytes as they are: fetch would not send them. */
async function raw(address: string, lines: readonly string[]) {
  const [host = '', port] = (address.split('/')[0] ?? '').split(':');
  const socket = connect(Number(port), host);
  socket.end(`${lines.join('\r\n')}\r\n\r\n`);
  let answer = '';
  for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const [first = '', ...fields] = head.split('\r\n');
  const headers = new Headers(
    fields.map((field): [string, string] => {
      const [name = '', value = ''] = field.split(': ');
      return [name, value];
    }),
  );
  return {
    status: Number(first.split(' ')[1]),
    headers,
    text: body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1),
  };
}

describe('on a socket', () => {
  const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket'];
  const HANDSHAKE = [...UPGRADE, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13'];

  test.each<readonly [string, number, readonly string[]]>([
    ['a host that is none', 400, ['GET /graphql?query={__typename} HTTP/1.1', 'Host: [', 'Connection: close']],
    ['a host with a blank', 400, ['GET /livez HTTP/1.1', 'Host: a b', 'Connection: close']],
    ['a socket of such a host', 400, ['GET /graphql HTTP/1.1', 'Host: [', ...HANDSHAKE]],
    ['a socket elsewhere', 404, ['GET /other HTTP/1.1', 'Host: localhost', ...HANDSHAKE]],
    ['a socket for a foreign page', 403, ['GET /graphql HTTP/1.1', 'Host: a.b', 'Origin: http://c.d', ...HANDSHAKE]],
    ['a handshake without a key', 400, ['GET /graphql HTTP/1.1', 'Host: localhost', ...UPGRADE]],
    ['a handshake by POST', 405, ['POST /graphql HTTP/1.1', 'Host: localhost', 'Content-Length: 0', ...HANDSHAKE]],
  ])('%s is %i', async (_, status, lines) => {
    const address = await listening(await testApp());
    const given = await raw(address, [...lines, 'x-request-id: of-the-test']);
    expect(given.status).toBe(status);
    expect(errorsOf(given)[0]?.extensions.requestId).toBe('of-the-test');
    expect(given.text).not.toContain('node_modules');
    // The control: the server goes on.
    expect((await fetch(`http://${address}?query={__typename}`)).status).toBe(200);
  });

  test('a client that disconnects before its socket is refused has no effect on others', async () => {
    const address = await listening(await testApp());
    const [host = '', port] = (address.split('/')[0] ?? '').split(':');
    for (let times = 0; times < 20; times++) {
      const socket = connect(Number(port), host);
      await new Promise((resolve) => {
        socket.write(['GET /other HTTP/1.1', 'Host: localhost', ...HANDSHAKE, '', ''].join('\r\n'), resolve);
      });
      socket.resetAndDestroy();
    }
    expect((await fetch(`http://${address}?query={__typename}`)).status).toBe(200);
  });

  test('a binary message closes the WebSocket', async () => {
    const { socket, closed } = await open(await testApp());
    socket.send(Buffer.from('{"type":"ping"}'));
    expect(await closed).toEqual([1003, 'Send text']);
  });

  test('a close reason that is too long for a frame is cut between characters', async () => {
    const { socket, send, closed } = await open(await testApp());
    const payload = { query: 'subscription { events { cursor } }' };
    const id = 'ü'.repeat(100);
    send({ id, type: 'subscribe', payload });
    send({ id, type: 'subscribe', payload });
    const [code, reason] = await closed;
    expect([code, reason.startsWith('Subscriber for üü'), reason.length < 123]).toEqual([4409, true, true]);
    expect(reason).not.toContain('\ufffd');
    expect(socket.readyState).toBe(WebSocket.CLOSED);
  });
});
