import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * Calls `before` in a callback of `setImmediate`, and `after` when a socket has something that was sent since: earlier than
 * what that callback would give to `setImmediate`.
 */
export async function beforeAndAtArrival<T>(before: () => T, after: () => T): Promise<[T, T]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number }; // it listens on a port
  const sender = connect(port, '127.0.0.1');
  const [receiver] = (await once(server, 'connection')) as [Socket];
  try {
    return await new Promise((resolve, reject) => {
      setImmediate(() => {
        const first = before();
        let isLate = false;
        setImmediate(() => {
          isLate = true;
        });
        receiver.once('data', () => (isLate ? reject(new Error('It arrived too late.')) : resolve([first, after()])));
        sender.write('.');
      });
    });
  } finally {
    sender.destroy();
    receiver.destroy();
    server.close();
  }
}
