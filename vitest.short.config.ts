import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import config from './vitest.config.js';

/** The tests of what may differ between releases of Node, with what they test: `npm run test:short`. */
const TESTS = {
  'access/access-tokens': 'keys and signatures of WebCrypto, through jose',
  'cli/config': 'the parsing of settings',
  'events/event-streams': 'server-sent events and WebSockets',
  'events/stream-clients': 'client libraries of event streams',
  'finding/pagination': 'better-sqlite3, through Kysely',
  'graph/unicode': 'the Unicode version of Node',
  'http/abandoned-requests': 'AbortSignal, and sockets that close',
  'http/bodies': 'decoding of request bodies',
  'http/compression': 'node:zlib',
  'http/graphql-over-http': 'Request and Response',
  'http/http': 'the HTTP server: headers and limits',
  'http/telemetry': 'AsyncLocalStorage, through OpenTelemetry',
  'mail/mail': 'sockets and TLS, through nodemailer',
  'package/engines': 'what packages say of releases of Node',
  'package/package.process': 'the packed tarball, in a folder of its own',
  'storage/crash.process': 'better-sqlite3 in a process that is killed',
  'storage/storage': 'migrations, and files on the disk',
  'transfers/transfers': 'streams of files, and the decoding of text',
  'users/password-hashes': 'the native modules of argon2 and bcrypt, and the hashes of node:crypto',
};

const include = Object.keys(TESTS).map((name) => `test/${name}.test.ts`);
// vitest runs what it finds and says nothing of the rest.
const missing = include.filter((path) => !existsSync(fileURLToPath(new URL(path, import.meta.url))));
if (missing.length > 0) throw new Error(`vitest.short.config.ts names tests that do not exist: ${missing.join(', ')}`);

export default defineConfig({ ...config, test: { ...config.test, include } });
