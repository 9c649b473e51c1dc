/**
 * What a program gets that runs usergraph inside its own server, instead of starting `usergraph serve`.
 *
 * `createApp` takes what `loadConfig` made of the environment, opens the database and answers an `App`: `listener` for
 * `node:http` and what is built on it, `fetch` for everything that speaks in `Request` and `Response`, `services` for the
 * use cases without GraphQL in between, e.g. `services.apiKeys.create`. The program owns the socket: it calls `drain`
 * when it begins to stop, and `close` when the last request is answered. The README has examples for Express, Fastify
 * and Hono.
 *
 * @packageDocumentation
 */

export { type App, createApp, type Overrides } from './app.js';
export { ALL_SCOPES, type GrantedScopes, SCOPES, type Scope } from './auth/scope.js';
export { systemViewer, type Viewer } from './auth/viewer.js';
export { type Config, ConfigError, loadConfig } from './config.js';
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
} from './errors.js';
export type { Services } from './services.js';
export { SETTINGS } from './settings.js';
export { VERSION } from './version.js';
