// npm run demo:supergraph: runs usergraph with sample users, two other subgraphs, and Hive Gateway in front of them,
// until Ctrl-C. All servers listen on the loopback interface only.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HIVE_GATEWAY = join(ROOT, 'node_modules/@graphql-hive/gateway/dist/bin.js');
const folder = mkdtempSync(join(tmpdir(), 'usergraph-supergraph-'));
const children = [];

/** Starts a program. Resolves with the match when its output matches `pattern`. */
function start(args, env, pattern) {
  const child = spawn(process.execPath, args, { cwd: HERE, env: { ...process.env, ...env } });
  children.push(child);
  return new Promise((resolve, reject) => {
    let output = '';
    const listen = (chunk) => {
      output += chunk;
      const match = pattern.exec(output);
      if (match) resolve(match);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}:\n${output}`)));
  });
}

/** Runs a program until it exits. Returns its standard output. */
async function run(args) {
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: HERE, maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}

/** Returns the preferred port, or another free port when it is in use. */
function findPort(preferred) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', () => (preferred === 0 ? reject(new Error('No port is free.')) : resolve(findPort(0))));
    server.listen(preferred, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const QUERY = `# One query, three subgraphs. Run it with Ctrl-Enter.
{
  orders(first: 3) {
    item
    buyer {
      name
      email
      orderCount
      organizationMemberships(first: 1) {
        nodes {
          organization {
            name
            projects(first: 1) { edges { node { title lead { name } } } }
          }
        }
      }
    }
  }
}
`;

function stop() {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}
process.once('SIGINT', stop).once('SIGTERM', stop);

try {
  const [users, orders, projects, gateway] = [
    await findPort(4000),
    await findPort(4001),
    await findPort(4002),
    await findPort(Number(process.env.PORT ?? 4100)),
  ];
  const [usergraph] = await Promise.all([
    start([join(ROOT, 'dist/src/main.js'), 'demo'], { PORT: String(users) }, /API key +(sk_\S+)[\s\S]*Sign in.*\n/),
    start(['orders.mjs'], { PORT: String(orders) }, /orders on/),
    start(['projects.mjs'], { PORT: String(projects) }, /projects on/),
  ]);
  const authorization = `Bearer ${usergraph[1]}`;
  const subgraphs = { users, orders, projects };
  const services = Object.entries(subgraphs).map(([name, port]) => `${name}=http://127.0.0.1:${port}/graphql`);
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, await run(['compose.mjs', ...services]));
  const args = ['supergraph', file, '-c', 'gateway.config.mjs', '--port', String(gateway), '--host', '127.0.0.1'];
  const settings = {
    GRAPHIQL_HEADERS: JSON.stringify({ authorization }),
    GRAPHIQL_QUERY: QUERY,
    NODE_ENV: 'production',
  };
  await start([HIVE_GATEWAY, ...args], settings, /Listening on/);
  const url = `http://127.0.0.1:${gateway}/graphql`;
  const body = JSON.stringify({
    query: QUERY.replace(/^#.*\n/, '')
      .replace(/\s+/g, ' ')
      .trim(),
  });
  console.log(`
  A supergraph of three subgraphs. Press Ctrl-C to stop it; its data is deleted.

  GraphiQL    ${url}
  API key     ${usergraph[1]}
  Subgraphs   ${services.join('\n              ')}
  Supergraph  ${file}

  One query across all three:

  curl -s ${url} -H 'authorization: ${authorization}' -H 'content-type: application/json' -d '${body}'
`);
} catch (error) {
  console.error(error.message);
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = 1;
}
