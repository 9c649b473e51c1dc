import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@theguild/federation-composition';
import { type DocumentNode, parse } from 'graphql';

const EXAMPLES = fileURLToPath(new URL('../../examples/supergraph', import.meta.url));
const HIVE_GATEWAY = fileURLToPath(new URL('../../node_modules/@graphql-hive/gateway/dist/bin.js', import.meta.url));

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

/** A program of the examples; resolves with what it says when it is there. */
async function start(args: readonly string[], env: Record<string, string>, pattern: RegExp) {
  const child = spawn(process.execPath, args, { cwd: EXAMPLES, env: { PATH: process.env.PATH, ...env } });
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
