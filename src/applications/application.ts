import { InvalidInputError } from '../domain/errors.js';
import type { ApplicationId, ClientId, OrganizationId } from '../domain/ids.js';
import type { Instant } from '../runtime/clock.js';

/** An OAUTH application asks users for access. An M2M application acts on behalf of an organization. */
export type ApplicationKind = 'OAUTH' | 'M2M';

export interface RedirectUri {
  readonly uri: string;
  readonly isDefault: boolean;
}

/** An application that can ask users for access (WorkOS contract, section 3: ConnectApplication). */
export interface Application {
  readonly id: ApplicationId;
  readonly clientId: ClientId;
  readonly name: string;
  readonly description: string | null;
  readonly kind: ApplicationKind;
  readonly scopes: readonly string[];
  readonly redirectUris: readonly RedirectUri[];
  /** Null for M2M. */
  readonly usesPkce: boolean | null;
  /** Null for M2M. */
  readonly isFirstParty: boolean | null;
  readonly organizationId: OrganizationId | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Input of `createApplication`. */
export interface NewApplication {
  readonly name: string;
  readonly kind: ApplicationKind;
  readonly description?: string | null | undefined;
  readonly scopes: readonly string[];
  readonly redirectUris: readonly string[];
  readonly usesPkce: boolean;
  readonly isFirstParty: boolean;
  readonly organizationId?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/** Input of `updateApplication`. An undefined field is not changed; null clears a nullable field. */
export interface ApplicationPatch {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly scopes?: readonly string[] | null | undefined;
  readonly redirectUris?: readonly string[] | null | undefined;
  readonly usesPkce?: boolean | null | undefined;
  readonly isFirstParty?: boolean | null | undefined;
  readonly organizationId?: string | null | undefined;
}

/** Filter of a list of applications. All conditions must match. */
export interface ApplicationFilter {
  readonly name?: string | undefined;
  readonly organizationId?: OrganizationId | undefined;
}

/** Grants that go with an application when it is deleted; one that has more is not deleted. */
export const MAX_GRANTS_DELETED = 1_000;

export const MAX_APPLICATION_SCOPES = 100;
export const MAX_SCOPE_LENGTH = 128;
export const MAX_REDIRECT_URIS = 50;
export const MAX_DESCRIPTION_LENGTH = 1_000;

/** RFC 6749, 3.3: `scope-token`, printable ASCII without blank, quote and backslash. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Validates scopes and removes duplicates. */
export function parseScopes(scopes: readonly string[], problems: InvalidInputError[]): readonly string[] {
  if (scopes.length > MAX_APPLICATION_SCOPES) {
    problems.push(invalid(`An application can have at most ${MAX_APPLICATION_SCOPES} scopes.`, 'scopes'));
  }
  for (const [index, scope] of scopes.entries()) {
    if (scope.length <= MAX_SCOPE_LENGTH && SCOPE_TOKEN.test(scope)) continue;
    const message = `A scope has 1 to ${MAX_SCOPE_LENGTH} printable ASCII characters, no space, quote or backslash.`;
    problems.push(invalid(message, 'scopes', String(index)));
  }
  return [...new Set(scopes)];
}

/**
 * Validates redirect URIs, which must not have a fragment (RFC 6749, 3.1.2). The first one becomes the default. They
 * are stored unchanged, because OAuth compares them as exact strings (RFC 9700, 2.1).
 */
export function parseRedirectUris(uris: readonly string[], problems: InvalidInputError[]): RedirectUri[] {
  for (const [index, uri] of uris.entries()) {
    if (uri.includes('#')) problems.push(invalid('A redirect URI has no fragment.', 'redirectUris', String(index)));
  }
  return uris.map((uri, index) => ({ uri, isDefault: index === 0 }));
}

/** The fields that `checkForm` validates. `isFirstParty` is null for M2M. */
interface Form extends Pick<Application, 'kind' | 'isFirstParty'> {
  readonly description?: string | null | undefined;
  readonly redirectUris: readonly unknown[];
  readonly organizationId?: string | null | undefined;
}

/** Validates the lengths of an application's fields and the rules of its kind. */
export function checkForm(form: Form, problems: InvalidInputError[]): void {
  if ((form.description ?? '').length > MAX_DESCRIPTION_LENGTH) {
    problems.push(invalid(`A description can have at most ${MAX_DESCRIPTION_LENGTH} characters.`, 'description'));
  }
  if (form.redirectUris.length > MAX_REDIRECT_URIS) {
    problems.push(invalid(`An application can have at most ${MAX_REDIRECT_URIS} redirect URIs.`, 'redirectUris'));
  }
  if (form.kind === 'M2M' && form.redirectUris.length > 0) {
    problems.push(invalid('An M2M application cannot have redirect URIs.', 'redirectUris'));
  }
  if (form.organizationId == null && (form.kind === 'M2M' || !form.isFirstParty)) {
    problems.push(invalid('An M2M or third-party application must belong to an organization.', 'organizationId'));
  }
}

function invalid(message: string, ...path: string[]): InvalidInputError {
  return new InvalidInputError('INVALID_INPUT', message, path);
}
