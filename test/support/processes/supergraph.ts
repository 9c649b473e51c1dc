import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { composeServices } from '@theguild/federation-composition';
import { type DocumentNode, parse } from 'graphql';
import { onTestFinished } from 'vitest';
import type { Answer } from '../test-app.js';
import { freePort } from './process.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('../../../examples/supergraph', import.meta.url));
const HIVE_GATEWAY = fileURLToPath(new URL('../../../node_modules/@graphql-hive/gateway/dist/bin.js', import.meta.url));

/** The subgraphs of other teams in `examples/supergraph`. */
export type Stranger = 'orders' | 'projects';

/** The SDL of a stranger, as its file has it. */
export function sdlOf(name: Stranger): DocumentNode {
  const [, sdl = ''] = /parse\(`([^`]*)`\)/.exec(readFileSync(`${EXAMPLES}/${name}.mjs`, 'utf8')) ?? [];
  return parse(sdl);
}

/** One supergraph of these subgraphs, each with the address it is at. @throws with everything that is in the way */
export function compose(subgraphs: Readonly<Record<string, { url: string; typeDefs: DocumentNode }>>) {
  const { supergraphSdl, publicSdl, errors } = composeServices(
    Object.entries(subgraphs).map(([name, subgraph]) => ({ name, ...subgraph })),
  );
  if (!supergraphSdl || !publicSdl) throw new Error(errors?.map(({ message }) => message).join('\n'));
  return { supergraphSdl, publicSdl };
}

/** A router in front of three subgraphs: usergraph, which a test puts at its port, and the two strangers. */
export interface Supergraph {
  /** Where the router answers. */
  readonly url: string;
  /** The port at which the router looks for usergraph. */
  readonly users: number;
  /** The port of the stranger `projects`. */
  readonly projects: number;
  /** The strangers `orders` and `projects`, and the router. */
  readonly children: [ChildProcess, ChildProcess, ChildProcess];
}

type StartRouter = (supergraph: string, port: number, env: Record<string, string>) => Promise<ChildProcess>;

/**
 * Composes the subgraphs and starts the two strangers and the router.
 *
 * @param sdl usergraph's
 */
export async function startSupergraph(
  startRouter: StartRouter,
  sdl: string,
  env: Record<string, string> = {},
): Promise<Supergraph> {
  const [users, orders, projects, gateway] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const at = (port: number) => `http://127.0.0.1:${port}/graphql`;
  const { supergraphSdl } = compose({
    users: { url: at(users), typeDefs: parse(sdl) },
    orders: { url: at(orders), typeDefs: sdlOf('orders') },
    projects: { url: at(projects), typeDefs: sdlOf('projects') },
  });
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-supergraph-'));
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, supergraphSdl);
  const children: Supergraph['children'] = await Promise.all([
    startStranger('orders', orders),
    startStranger('projects', projects),
    startRouter(file, gateway, env),
  ]);
  rmSync(folder, { recursive: true });
  return { url: at(gateway), users, projects, children };
}

/** Has a usergraph of this process, whose statements can be counted, listen where the router looks for it. */
export async function listenAt(port: number, listener: RequestListener): Promise<void> {
  const server = createServer(listener);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  // The next test listens at the same port.
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
}

/** What a client of a router gets. */
export async function askRouter(
  url: string,
  token: string,
  query: string,
  variables?: object,
): Promise<Answer & { status: number }> {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${token}`,
    'x-request-id': 'from-outside',
  };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return { status: response.status, ...((await response.json()) as Answer) };
}

/** A program of the examples; resolves with what it says when it is there. */
async function start(args: readonly string[], env: Record<string, string>, pattern: RegExp, cwd = EXAMPLES) {
  const child = spawn(process.execPath, args, { cwd, env: { PATH: process.env.PATH, ...env } });
  let said = '';
  const match = await new Promise<RegExpExecArray>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk;
      const found = pattern.exec(said);
      if (found) resolve(found);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('close', (code) => reject(new Error(`${args.join(' ')} ended with ${code}: ${said}`)));
  });
  return { child, match };
}

export async function startStranger(name: Stranger, port: number): Promise<ChildProcess> {
  return (await start([`${name}.mjs`], { PORT: String(port) }, new RegExp(`${name} on`))).child;
}

/** Hive Gateway with the configuration of the examples. */
export async function startGateway(
  supergraph: string,
  port: number,
  env: Record<string, string> = {},
): Promise<ChildProcess> {
  const args = ['supergraph', supergraph, '-c', 'gateway.config.mjs', '--port', String(port), '--host', '127.0.0.1'];
  return (await start([HIVE_GATEWAY, ...args], { NODE_ENV: 'production', ...env }, /Listening on/)).child;
}

/** Apollo Gateway is under the Elastic License 2.0, so that it is no dependency: who runs the tests gets it by npm. */
const APOLLO_PACKAGES = ['@apollo/gateway@2.14.4', '@apollo/server@5.5.1', 'graphql@16.15.0'];
const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|EIDLETIMEOUT|ENOTCACHED/;

/**
 * Installs Apollo Gateway with Apollo Server into a new folder, with this program as `usergraph` beside them.
 *
 * @returns the folder, or why the registry cannot be reached
 * @throws when the registry is there and the packages cannot be installed
 */
export async function installApolloGateway(): Promise<{ folder: string } | { unreachable: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'usergraph-apollo-gateway-'));
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  try {
    await promisify(execFile)('npm', [...args, '--prefix', folder, ...APOLLO_PACKAGES], { cwd: folder });
  } catch (error) {
    rmSync(folder, { recursive: true });
    const [reason] = UNREACHABLE.exec(String(error)) ?? [];
    if (reason === undefined) throw error;
    return { unreachable: `Apollo Gateway cannot be installed: the registry of npm answers nothing (${reason}).` };
  }
  symlinkSync(ROOT, join(folder, 'node_modules/usergraph'));
  copyFileSync(join(EXAMPLES, 'apollo-gateway.mjs'), join(folder, 'apollo-gateway.mjs'));
  return { folder };
}

/** The program of the examples, in a folder that `installApolloGateway` has made. */
export function apolloGatewayIn(folder: string): StartRouter {
  return async (supergraph, port, env) => {
    const given = { NODE_ENV: 'production', PORT: String(port), ...env };
    return (await start(['apollo-gateway.mjs', supergraph], given, /Apollo Gateway on/, folder)).child;
  };
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

/** `npm run demo:supergraph` on the built program, and the line it prints to paste. */
export async function startDemo(port: number): Promise<{ demo: ChildProcess; line: string }> {
  const { child: demo, match } = await start(['demo.mjs'], { PORT: String(port) }, /^ +(curl .*)$/m);
  return { demo, line: match[1] ?? '' };
}
