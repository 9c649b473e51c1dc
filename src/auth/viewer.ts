import { RequestError } from '../errors.js';
import type { ApiKeyId, EnvironmentId, SessionId, UserId } from '../ids.js';
import { ALL_SCOPES, type GrantedScopes, includesScope, type Scope } from './scope.js';

/** Who does something: a program with its API key, a person, an import, or this server on an operator's command. */
export type Actor =
  | { readonly source: 'API'; readonly id: ApiKeyId; readonly name: string }
  | { readonly source: 'PERSON'; readonly id: UserId; readonly name: string }
  | { readonly source: 'IMPORT' | 'SYSTEM'; readonly id: string; readonly name: string };

/** What is told of a person who acts. */
interface Person {
  readonly id: UserId;
  readonly name: string | null;
  readonly email: string;
}

/** Who is asking, in which environment, and what they may do. First argument of every use case. */
export interface Viewer {
  readonly environmentId: EnvironmentId;
  readonly actor: Actor;
  readonly scopes: GrantedScopes;
  /** The session of a person who signed in here. */
  readonly sessionId?: SessionId;
  /** Correlates events and log lines with the request. */
  readonly requestId: string;
}

/** A viewer for commands of the operator, who may do everything. */
export function systemViewer(environmentId: EnvironmentId, command: string): Viewer {
  return {
    environmentId,
    actor: { source: 'SYSTEM', id: command, name: command },
    scopes: ALL_SCOPES,
    requestId: command,
  };
}

/** A viewer for an import, whose rows may be anything. */
export function importViewer(environmentId: EnvironmentId, requestId: string): Viewer {
  const actor = { source: 'IMPORT', id: 'users import', name: 'users import' } as const;
  return { environmentId, actor, scopes: ALL_SCOPES, requestId };
}

/** A person as the actor of what they do. */
export function personActor({ id, name, email }: Person): Actor {
  return { source: 'PERSON', id, name: name ?? email };
}

/** The user who asks with an access token; null when a program does. */
export function personOf({ actor }: Viewer): UserId | null {
  return actor.source === 'PERSON' ? actor.id : null;
}

/** @throws {RequestError} UNAUTHENTICATED when nobody is asking */
export function requireViewer(viewer: Viewer | null): Viewer {
  if (viewer) return viewer;
  throw new RequestError(
    'UNAUTHENTICATED',
    'This field needs an API key or an access token: send it as "Authorization: Bearer …" (usergraph keys create makes a key).',
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
