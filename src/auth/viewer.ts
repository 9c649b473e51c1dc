import type { AsOf } from '../domain/as-of.js';
import { RequestError } from '../domain/errors.js';
import type { ApiKeyId, EnvironmentId, SessionId, UserId } from '../domain/ids.js';
import { ALL_SCOPES, type GrantedScopes, includesScope, type Scope } from './scope.js';

/** Who performs an action: a program with an API key, a person, an import, or the operator's command line. */
export type Actor =
  | { readonly source: 'API'; readonly id: ApiKeyId; readonly name: string }
  | { readonly source: 'PERSON'; readonly id: UserId; readonly name: string }
  | { readonly source: 'IMPORT' | 'SYSTEM'; readonly id: string; readonly name: string };

/** The fields of a user that describe an actor. */
interface Person {
  readonly id: UserId;
  readonly name: string | null;
  readonly email: string;
}

/** The API that a request was sent to. */
export type Api = 'GRAPHQL' | 'REST';

/** The request that causes an action. */
export interface Cause {
  /** Correlates events and log lines with the request. For a command, the name of the command. */
  readonly requestId: string;
  /** Null for a command, and for what the server does by itself. */
  readonly api: Api | null;
}

/** The authenticated caller, its environment and its scopes. The first argument of every use case. */
export interface Viewer extends Cause {
  readonly environmentId: EnvironmentId;
  readonly actor: Actor;
  readonly scopes: GrantedScopes;
  /** The session of the access token, when this server issued it. */
  readonly sessionId?: SessionId;
  /** What its reads must see. Undefined when they see everything anyway. */
  readonly asOf?: AsOf;
}

/** A viewer with all scopes, for commands of the operator. */
export function systemViewer(environmentId: EnvironmentId, command: string): Viewer {
  return {
    environmentId,
    actor: { source: 'SYSTEM', id: command, name: command },
    scopes: ALL_SCOPES,
    requestId: command,
    api: null,
  };
}

/** A viewer with all scopes, for an import. */
export function importViewer(environmentId: EnvironmentId, requestId: string): Viewer {
  const actor = { source: 'IMPORT', id: 'users import', name: 'users import' } as const;
  return { environmentId, actor, scopes: ALL_SCOPES, requestId, api: null };
}

/** The actor for actions of a person. */
export function personActor({ id, name, email }: Person): Actor {
  return { source: 'PERSON', id, name: name ?? email };
}

/** The user an access token belongs to; null when the viewer is not a person. */
export function personOf({ actor }: Viewer): UserId | null {
  return actor.source === 'PERSON' ? actor.id : null;
}

/** @throws {RequestError} UNAUTHENTICATED when there is no viewer */
export function requireViewer(viewer: Viewer | null): Viewer {
  if (viewer) return viewer;
  throw new RequestError(
    'UNAUTHENTICATED',
    'This field requires an API key or an access token: send it as "Authorization: Bearer …" (usergraph keys create creates a key).',
  );
}

/** @throws {RequestError} UNAUTHENTICATED, or FORBIDDEN with the name of the missing scope */
export function requireScope(viewer: Viewer | null, scope: Scope): void {
  if (includesScope(requireViewer(viewer).scopes, scope)) return;
  throw new RequestError(
    'FORBIDDEN',
    `This ${viewer?.actor.source === 'PERSON' ? 'access token' : 'API key'} lacks the scope '${scope}'.`,
  );
}
