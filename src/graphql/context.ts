import { type ApplicationLoaders, createApplicationLoaders } from '../applications/application.loaders.js';
import { type ApiKeyLoaders, createApiKeyLoaders } from '../auth/api-key.loaders.js';
import type { Allowance } from '../auth/rate-limiter.js';
import type { Scope } from '../auth/scope.js';
import { requireScope, requireViewer, type Viewer } from '../auth/viewer.js';
import type { Handle } from '../db/handle.js';
import { createEnvironmentLoaders, type EnvironmentLoaders } from '../environments/environment.loaders.js';
import { createEventLoaders, type EventLoaders } from '../events/event.loaders.js';
import type { UserId } from '../ids.js';
import { createMailLoaders, type MailLoaders } from '../mail/mail.loaders.js';
import { createOneTimeCodeLoaders, type OneTimeCodeLoaders } from '../one-time-codes/one-time-code.loaders.js';
import { createOrganizationLoaders, type OrganizationLoaders } from '../organizations/organization.loaders.js';
import type { Services } from '../services.js';
import type { Origin } from '../sessions/sign-in.js';
import { createUserLoaders, type UserLoaders } from '../users/user.loaders.js';
import { createWebhookEndpointLoaders, type WebhookEndpointLoaders } from '../webhooks/webhook-endpoint.loaders.js';

/** What resolvers get: who is asking, what can be done, and loaders that live as long as the request. */
export interface GraphQLContext {
  readonly viewer: Viewer | null;
  /** Where the request comes from. */
  readonly origin: Origin;
  readonly services: Services;
  readonly loaders: Loaders;
  /** Who asks, looked up again: what goes on for long has to notice that they may no longer. */
  readonly renewViewer: () => Promise<Viewer | null>;
  /** The subgraph as text, for who composes a supergraph: what `_service` answers. */
  readonly subgraphSdl: () => string;
  /** The last event an EventSource has seen, when it comes back (`Last-Event-ID`). */
  readonly lastEventId: string | null;
  /** Id of the event that is being sent, where the operation is a stream. */
  eventId?: string;
  /** Whose objects alone this operation sees, when it runs on the schema of persons; set before it runs. */
  confinedTo?: UserId;
  /** What this operation was charged and what is left; set before it runs. */
  spent?: Spent;
}

/**
 * @throws {RequestError} UNAUTHENTICATED, or FORBIDDEN with the name of the missing scope. A person needs none: their
 *   schema guards what they reach.
 */
export function requireScopeIn({ viewer, confinedTo }: GraphQLContext, scope: Scope): void {
  if (confinedTo === undefined) requireScope(viewer, scope);
}

/** Points an operation was charged, and what its caller has left. */
export interface Spent extends Allowance {
  /** What it may cost at the most: the estimate. */
  readonly cost: number;
  /** The part of the estimate that is for rows which may have to be looked at. */
  readonly examination: number;
  /** What was taken in the end. */
  readonly charged: number;
}

/** The loaders of one request, made for the environment of its viewer when first needed. */
export class Loaders {
  #apiKeys: ApiKeyLoaders | undefined;
  #environments: EnvironmentLoaders | undefined;
  #users: UserLoaders | undefined;
  #applications: ApplicationLoaders | undefined;
  #organizations: OrganizationLoaders | undefined;
  #events: EventLoaders | undefined;
  #oneTimeCodes: OneTimeCodeLoaders | undefined;
  #mails: MailLoaders | undefined;
  #webhookEndpoints: WebhookEndpointLoaders | undefined;

  constructor(
    private readonly db: Handle,
    private readonly viewer: Viewer | null,
  ) {}

  get users(): UserLoaders {
    this.#users ??= createUserLoaders(this.db, this.#environmentId);
    return this.#users;
  }

  get applications(): ApplicationLoaders {
    this.#applications ??= createApplicationLoaders(this.db, this.#environmentId);
    return this.#applications;
  }

  get organizations(): OrganizationLoaders {
    this.#organizations ??= createOrganizationLoaders(this.db, this.#environmentId);
    return this.#organizations;
  }

  get oneTimeCodes(): OneTimeCodeLoaders {
    this.#oneTimeCodes ??= createOneTimeCodeLoaders(this.db, this.#environmentId);
    return this.#oneTimeCodes;
  }

  get mails(): MailLoaders {
    this.#mails ??= createMailLoaders(this.db, this.#environmentId);
    return this.#mails;
  }

  get events(): EventLoaders {
    this.#events ??= createEventLoaders(this.db, this.#environmentId);
    return this.#events;
  }

  get apiKeys(): ApiKeyLoaders {
    this.#apiKeys ??= createApiKeyLoaders(this.db, this.#environmentId);
    return this.#apiKeys;
  }

  get webhookEndpoints(): WebhookEndpointLoaders {
    this.#webhookEndpoints ??= createWebhookEndpointLoaders(this.db, this.#environmentId);
    return this.#webhookEndpoints;
  }

  get environments(): EnvironmentLoaders {
    this.#environments ??= createEnvironmentLoaders(this.db, this.#environmentId);
    return this.#environments;
  }

  /** Forgets what was loaded: after a mutation the rest of the request must see its effect. */
  clear(): void {
    this.#users = this.#applications = this.#organizations = undefined;
    this.#oneTimeCodes = this.#mails = this.#events = this.#apiKeys = undefined;
    this.#webhookEndpoints = undefined;
  }

  get #environmentId() {
    return requireViewer(this.viewer).environmentId;
  }
}
