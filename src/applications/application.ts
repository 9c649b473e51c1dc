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

/** Complains of what the form of a new application forbids; the first redirect URI is the default one. */
export function checkNewApplication(input: NewApplication, problems: InvalidInputError[]): void {
  if ((input.description ?? '').length > MAX_DESCRIPTION_LENGTH) {
    problems.push(invalid(`A description has at most ${MAX_DESCRIPTION_LENGTH} characters.`, 'description'));
  }
  if (input.redirectUris.length > MAX_REDIRECT_URIS) {
    problems.push(invalid(`There are at most ${MAX_REDIRECT_URIS} redirect URIs.`, 'redirectUris'));
  }
  if (input.kind === 'M2M' && input.redirectUris.length > 0) {
    problems.push(invalid('An M2M application has no redirect URIs: nobody is sent back to it.', 'redirectUris'));
  }
  if (input.organizationId == null && (input.kind === 'M2M' || !input.isFirstParty)) {
    problems.push(invalid('An M2M or third-party application belongs to an organization.', 'organizationId'));
  }
}

function invalid(message: string, ...path: string[]): InvalidInputError {
  return new InvalidInputError('INVALID_INPUT', message, path);
}
