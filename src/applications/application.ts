import type { Instant } from '../clock.js';
import { InvalidInputError } from '../errors.js';
import type { ApplicationId, ClientId, OrganizationId } from '../ids.js';

/** OAUTH asks users for access; M2M acts for itself, in the name of an organization. */
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

/** Input of `updateApplication`: what is left out (undefined) stays, null clears what can be empty. */
export interface ApplicationPatch {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly scopes?: readonly string[] | null | undefined;
  readonly redirectUris?: readonly string[] | null | undefined;
  readonly usesPkce?: boolean | null | undefined;
  readonly isFirstParty?: boolean | null | undefined;
  readonly organizationId?: string | null | undefined;
}

/** Conditions on a list of applications; all given ones hold. */
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

/** Complains of scopes that are none, or too many, and takes doubles out. */
export function parseScopes(scopes: readonly string[], problems: InvalidInputError[]): readonly string[] {
  if (scopes.length > MAX_APPLICATION_SCOPES) {
    problems.push(invalid(`There are at most ${MAX_APPLICATION_SCOPES} scopes.`, 'scopes'));
  }
  for (const [index, scope] of scopes.entries()) {
    if (scope.length <= MAX_SCOPE_LENGTH && SCOPE_TOKEN.test(scope)) continue;
    const message = `A scope has 1 to ${MAX_SCOPE_LENGTH} printable ASCII characters and no blank, quote or backslash.`;
    problems.push(invalid(message, 'scopes', String(index)));
  }
  return [...new Set(scopes)];
}

/**
 * Redirect URIs as they are kept: the first is the default one. They are compared to the letter (RFC 9700, 2.1), so they are
 * kept as they were given. Complains of those with a fragment (RFC 6749, 3.1.2).
 */
export function parseRedirectUris(uris: readonly string[], problems: InvalidInputError[]): RedirectUri[] {
  for (const [index, uri] of uris.entries()) {
    if (uri.includes('#')) problems.push(invalid('A redirect URI has no fragment.', 'redirectUris', String(index)));
  }
  return uris.map((uri, index) => ({ uri, isDefault: index === 0 }));
}

/** What the rules of an application's form are about; `isFirstParty` is null for M2M. */
interface Form extends Pick<Application, 'kind' | 'isFirstParty'> {
  readonly description?: string | null | undefined;
  readonly redirectUris: readonly unknown[];
  readonly organizationId?: string | null | undefined;
}

/** Complains of what the form of an application forbids. */
export function checkForm(form: Form, problems: InvalidInputError[]): void {
  if ((form.description ?? '').length > MAX_DESCRIPTION_LENGTH) {
    problems.push(invalid(`A description has at most ${MAX_DESCRIPTION_LENGTH} characters.`, 'description'));
  }
  if (form.redirectUris.length > MAX_REDIRECT_URIS) {
    problems.push(invalid(`There are at most ${MAX_REDIRECT_URIS} redirect URIs.`, 'redirectUris'));
  }
  if (form.kind === 'M2M' && form.redirectUris.length > 0) {
    problems.push(invalid('An M2M application has no redirect URIs: nobody is sent back to it.', 'redirectUris'));
  }
  if (form.organizationId == null && (form.kind === 'M2M' || !form.isFirstParty)) {
    problems.push(invalid('An M2M or third-party application belongs to an organization.', 'organizationId'));
  }
}

function invalid(message: string, ...path: string[]): InvalidInputError {
  return new InvalidInputError('INVALID_INPUT', message, path);
}
