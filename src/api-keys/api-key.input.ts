import { ALL_SCOPES, type GrantedScopes, includesScope, isScope, type Scope } from '../auth/scope.js';
import { InvalidInputError } from '../domain/errors.js';
import { checkRequiredName, checkUnicode } from '../input/text.js';
import { type Instant, toSortable } from '../runtime/clock.js';
import type { NewApiKey } from './api-key.js';

/** The validated input of a new key. */
export interface ApiKeyValues {
  readonly name: string;
  readonly scopes: GrantedScopes;
  readonly expiresAt: Instant | null;
}

/** Validates the input of a new key. The viewer, who has the scopes `granted`, cannot grant other scopes. */
export function parseNewApiKey(
  input: NewApiKey,
  granted: GrantedScopes,
  now: Instant,
): { values: ApiKeyValues; problems: InvalidInputError[] } {
  const problems: InvalidInputError[] = [];
  checkRequiredName('name', input.name, problems);
  const scopes = parseScopes(input.scopes, granted, problems);
  const expiresAt = input.expiresAt ?? null;
  const isTooLate = expiresAt !== null && toSortable(expiresAt) !== expiresAt;
  if (expiresAt !== null && (isTooLate || expiresAt <= now)) {
    const message = `expiresAt must be in the future${isTooLate ? ' and before the year 10000 in UTC' : ''}.`;
    problems.push(new InvalidInputError('INVALID_INPUT', message, ['expiresAt']));
  }
  checkUnicode(input, problems);
  return { values: { name: input.name, scopes, expiresAt }, problems };
}

function parseScopes(wanted: readonly string[], granted: GrantedScopes, problems: InvalidInputError[]): GrantedScopes {
  if (wanted.length === 0) {
    problems.push(new InvalidInputError('INVALID_INPUT', 'Specify at least one scope.', ['scopes']));
  }
  const scopes = new Set<Scope>();
  for (const [index, scope] of wanted.entries()) {
    const path = ['scopes', String(index)];
    const isKnown = scope === ALL_SCOPES || isScope(scope);
    if (!isKnown) {
      problems.push(new InvalidInputError('INVALID_INPUT', 'This scope does not exist.', path));
    } else if (scope === ALL_SCOPES ? granted !== ALL_SCOPES : !includesScope(granted, scope)) {
      problems.push(new InvalidInputError('SCOPE_NOT_GRANTED', `You do not have the scope '${scope}'.`, path));
    } else if (scope !== ALL_SCOPES) {
      scopes.add(scope);
    }
  }
  return wanted.includes(ALL_SCOPES) ? ALL_SCOPES : [...scopes];
}
