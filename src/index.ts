/**
 * API for programs that embed usergraph in their own server instead of running `usergraph serve`.
 *
 * `loadConfig` reads the configuration from environment variables. `createApp` opens the database and returns an `App`:
 * `listener` handles requests of `node:http` and of frameworks that are built on it, `fetch` takes a `Request` and
 * returns a `Response`, and `services` gives direct access to the use cases, e.g. `services.apiKeys.create`. The program
 * owns the socket. It calls `drain` when it starts to shut down, and `close` after the last response. docs/embedding.md
 * has examples for Express, Fastify and Hono.
 *
 * @packageDocumentation
 */

export { type App, createApp, type Overrides } from './app.js';
export { ALL_SCOPES, type GrantedScopes, SCOPES, type Scope } from './auth/scope.js';
export { systemViewer, type Viewer } from './auth/viewer.js';
export { type Config, loadConfig } from './config/config.js';
export { SETTINGS } from './config/settings.js';
export { SchemaMismatchError } from './db/migrator.js';
export { DatabaseUnavailableError } from './db/unavailable.js';
export {
  DomainError,
  ERROR_CODES,
  type ErrorCode,
  MutationFailure,
  REQUEST_ERROR_CODES,
  RequestError,
  type RequestErrorCode,
} from './domain/errors.js';
export { ConfigError } from './domain/operator-error.js';
export { VERSION } from './runtime/version.js';
export type { Services } from './services.js';
