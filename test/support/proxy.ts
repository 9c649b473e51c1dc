import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';
import { onTestFinished } from 'vitest';

/** A port that leads to another one, and later maybe elsewhere. `messages` is what its clients have sent. */
export async function proxyTo(first: number) {
  let target = first;
  const connections: number[] = [];
  const messages: string[] = [];
  const server = createServer((socket) => {
    connections.push(target);
    socket.on('data', (data) => messages.push(data.toString('latin1')));
    pipeline(socket, connect(target, '127.0.0.1'), socket, () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return {
    port: (server.address() as AddressInfo).port, // it listens on a port
    messages,
    leadTo(port: number) {
      target = port;
    },
    connections: (port: number) => connections.filter((one) => one === port).length,
  };
}
