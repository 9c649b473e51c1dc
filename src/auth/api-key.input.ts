import { type Instant, toSortable } from '../clock.js';
import { InvalidInputError } from '../errors.js';
import { checkRequiredName, checkUnicode } from '../text.js';
import type { NewApiKey } from './api-key.js';
import { ALL_SCOPES, type GrantedScopes, includesScope, isScope, type Scope } from './scope.js';

/** What a checked input says of a key. */
export interface ApiKeyValues {
  readonly name: string;
  readonly scopes: GrantedScopes;
  readonly expiresAt: Instant | null;
}

/** Checks the input of a new key, made by somebody who has `granted`: nobody gives a scope that they lack. */
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
    const message = `expiresAt is in the future${isTooLate ? ', before the year 10000 in UTC' : ''}.`;
    problems.push(new InvalidInputError('INVALID_INPUT', message, ['expiresAt']));
  }
  checkUnicode(input, problems);
  return { values: { name: input.name, scopes, expiresAt }, problems };
}

function parseScopes(wanted: readonly string[], granted: GrantedScopes, problems: InvalidInputError[]): GrantedScopes {
  if (wanted.length === 0) {
    problems.push(new InvalidInputError('INVALID_INPUT', 'A key has at least one scope.', ['scopes']));
  }
  const scopes = new Set<Scope>();
  for (const [index, scope] of wanted.entries()) {
    const path = ['scopes', String(index)];
    const isKnown = scope === ALL_SCOPES || isScope(scope);
    if (!isKnown) {
      problems.push(new InvalidInputError('INVALID_INPUT', 'There is no such scope.', path));
    } else if (scope === ALL_SCOPES ? granted !== ALL_SCOPES : !includesScope(granted, scope)) {
      problems.push(new InvalidInputError('SCOPE_NOT_GRANTED', `You lack the scope '${scope}' yourself.`, path));
    } else if (scope !== ALL_SCOPES) {
      scopes.add(scope);
    }
  }
  return wanted.includes(ALL_SCOPES) ? ALL_SCOPES : [...scopes];
}
