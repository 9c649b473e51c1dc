import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Wire } from './hostile.js';
import type { Reply } from './judge.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** A request without an answer in this time counts as a failure. */
const TIMEOUT_MS = 60_000;
/** The end of the output is enough to see why the process failed. */
const MAX_LOG_LENGTH = 200_000;

/** Settings of a fuzzed server, besides the database file. */
export const SETTINGS = {
  NODE_ENV: 'test',
  // One key sends as much as a thousand callers, so it has no rate limit.
  RATE_LIMIT_POINTS: '0',
} as const;

/** Measurements of the server's process. */
export interface Health {
  readonly rssMiB: number;
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
}

/**
 * Runs in the server's process: answers each message with the memory of the process and the delays of its event loop
 * since the previous message. It does not change that an uncaught error ends the process.
 */
const PROBE = `
  import { monitorEventLoopDelay } from 'node:perf_hooks';
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  process.on('message', () => {
    // The histogram includes the 10 ms of its own timer.
    const ms = (nanoseconds) => Math.max(0, Math.round(nanoseconds / 1e6) - 10);
    process.send({ rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20), lagP99Ms: ms(delay.percentile(99)), lagMaxMs: ms(delay.max) });
    delay.reset();
  });
  process.channel.unref();
`;

class ReusedSocketError extends Error {}

/** The built program in its own process, with connections that stay open. */
export class FuzzedServer {
  readonly #child: ChildProcess;
  readonly #agent: Agent;
  readonly #url: string;
  /** The output of the process: server errors with their stack traces. */
  log = '';

  private constructor(child: ChildProcess, connections: number, url: string) {
    this.#child = child;
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.log = `${this.log}${chunk}`.slice(-MAX_LOG_LENGTH);
      });
    }
  }

  static async start(settings: Readonly<Record<string, string>>, connections: number): Promise<FuzzedServer> {
    const port = await freePort();
    const probe = `data:text/javascript,${encodeURIComponent(PROBE)}`;
    const child = spawn(process.execPath, ['--import', probe, 'dist/src/main.js', 'serve'], {
      cwd: ROOT,
      // A log line per request would add up to a gigabyte.
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'error', ...settings },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const server = new FuzzedServer(child, connections, `http://127.0.0.1:${port}`);
    await server.#ready();
    return server;
  }

  /** The exit code or signal of the process, or null while it runs. */
  get ended(): string | null {
    const { exitCode, signalCode } = this.#child;
    return exitCode === null && signalCode === null ? null : String(signalCode ?? exitCode);
  }

  /**
   * Sends a request. Repeats it once when the server closes an idle connection just as the request reuses it, as Node's
   * documentation of `request.reusedSocket` recommends.
   */
  async send(wire: Wire): Promise<Reply> {
    try {
      return await this.#sendOnce(wire);
    } catch (error) {
      if (!(error instanceof ReusedSocketError)) throw error;
      return this.#sendOnce(wire);
    }
  }

  #sendOnce({ method, path, headers, body }: Wire): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(this.#url);
      const options = { hostname, port, path, method, headers, agent: this.#agent, timeout: TIMEOUT_MS };
      const sent = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          if (!response.complete) reject(new Error('the answer was cut'));
          const contentType = String(response.headers['content-type'] ?? '');
          resolve({ status: response.statusCode ?? 0, contentType, body: Buffer.concat(chunks).toString() });
        });
      });
      sent.once('timeout', () => sent.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
      sent.once('error', (error) => {
        const isReset = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        reject(isReset && sent.reusedSocket ? new ReusedSocketError() : error);
      });
      sent.end(body ?? undefined);
    });
  }

  /** Sends bytes that may not be valid HTTP and ends the connection. */
  async sendBytes(bytes: Buffer): Promise<void> {
    const { hostname, port } = new URL(this.#url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => socket.destroy());
    socket.end(bytes);
    socket.resume();
    await once(socket, 'close');
  }

  async health(): Promise<Health> {
    const answered = once(this.#child, 'message');
    this.#child.send('health');
    // The probe sends this shape.
    const [health] = (await answered) as [Health];
    return health;
  }

  /** Stops the server with SIGTERM. Returns its exit code. */
  async stop(): Promise<number | null> {
    this.#agent.destroy();
    if (this.ended !== null) return this.#child.exitCode;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    const [code] = await closed;
    return code;
  }

  /** Polls until the server is ready. Throws when the process ends first. */
  async #ready(): Promise<void> {
    while (this.ended === null) {
      try {
        if ((await fetch(`${this.#url}/readyz`)).ok) return;
      } catch {
        // The server does not listen yet.
      }
      await wait(50);
    }
    throw new Error(`The server ended with ${this.ended}: ${this.log}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server on a TCP port has an address of this type.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
