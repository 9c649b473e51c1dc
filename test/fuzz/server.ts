import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Wire } from './hostile.js';
import type { Reply } from './judge.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** A request nobody answers in this time counts as an answer that does not come. */
const TIMEOUT_MS = 60_000;
/** The end of what the process wrote is enough to see why it failed. */
const MAX_LOG_LENGTH = 200_000;

/** Beside the database's file: what a fuzzed server is told. */
export const SETTINGS = {
  NODE_ENV: 'test',
  // One caller sends what a thousand would: its budget is not what is tried here.
  RATE_LIMIT_POINTS: '0',
} as const;

/** What the server's process says about itself. */
export interface Health {
  readonly rssMiB: number;
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
}

/**
 * Runs inside the server's process, beside the program: answers each message with the delay of its event loop since the
 * message before and with its memory. It keeps Node's own way with what nobody catches, which is to end the process.
 */
const PROBE = `
  import { monitorEventLoopDelay } from 'node:perf_hooks';
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  process.on('message', () => {
    // The histogram counts the 10 ms it waits itself.
    const ms = (nanoseconds) => Math.max(0, Math.round(nanoseconds / 1e6) - 10);
    process.send({ rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20), lagP99Ms: ms(delay.percentile(99)), lagMaxMs: ms(delay.max) });
    delay.reset();
  });
  process.channel.unref();
`;

class ReusedSocketError extends Error {}

/** The built program, serving in a process of its own, over sockets that stay open. */
export class FuzzedServer {
  readonly #child: ChildProcess;
  readonly #agent: Agent;
  readonly #url: string;
  /** What it wrote: faults of the server, with their stacks. */
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
      // A line for each request would be a gigabyte of log.
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'error', ...settings },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const server = new FuzzedServer(child, connections, `http://127.0.0.1:${port}`);
    await server.#ready();
    return server;
  }

  /** The process's exit code or signal when it has ended, which it should not have. */
  get ended(): string | null {
    const { exitCode, signalCode } = this.#child;
    return exitCode === null && signalCode === null ? null : String(signalCode ?? exitCode);
  }

  /**
   * Asks once more when a connection that was kept open is closed at the moment it is used again, as Node's
   * documentation has it (`request.reusedSocket`): the server closes idle ones, and HTTP has no way to say so in time.
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

  /** Sends bytes that need be no HTTP, and goes away, now or in the middle of it. */
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
    // The probe above is the other end.
    const [health] = (await answered) as [Health];
    return health;
  }

  /** Stops it as an operator would; answers the exit code. */
  async stop(): Promise<number | null> {
    this.#agent.destroy();
    if (this.ended !== null) return this.#child.exitCode;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    const [code] = await closed;
    return code;
  }

  /** Asks until it answers; a process that ends instead is an error. */
  async #ready(): Promise<void> {
    while (this.ended === null) {
      try {
        if ((await fetch(`${this.#url}/readyz`)).ok) return;
      } catch {
        // Not listening yet.
      }
      await wait(50);
    }
    throw new Error(`The server ended with ${this.ended}: ${this.log}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server on a TCP port has an address of this form.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
