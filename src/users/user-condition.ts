import type { OrganizationId, UserId } from '../domain/ids.js';
import { FIRST_MS, type Instant, LAST_MS, toInstant, toMilliseconds } from '../runtime/clock.js';

export type TextField = 'email' | 'emailDomain' | 'firstName' | 'lastName' | 'name' | 'externalId';
export type TimeField = 'createdAt' | 'updatedAt' | 'lastSignInAt';

/** A condition that is either true or false for a user. Texts and instants are in normal form. */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  /** `label` is the name of the filter when the caller did not write `not`, e.g. `email.neq`. */
  | { readonly kind: 'not'; readonly of: Condition; readonly label?: string }
  | { readonly kind: 'id'; readonly ids: readonly UserId[] }
  | { readonly kind: 'member'; readonly ids: readonly OrganizationId[] }
  | { readonly kind: 'verified'; readonly value: boolean }
  | TextCondition
  /** The field is not null. */
  | { readonly kind: 'given'; readonly field: TextField | TimeField }
  | TimeCondition
  /** With null `values`: the key exists. */
  | { readonly kind: 'metadata'; readonly key: string; readonly values: readonly string[] | null };

export interface TextCondition {
  readonly kind: 'text';
  readonly field: TextField;
  /** `in`: equals one of `values`. `contains`: contains one of `values`. `startsWith`: starts with the only value. */
  readonly test: 'in' | 'startsWith' | 'contains';
  readonly values: readonly string[];
}

/** A half-open interval: `from` is inclusive, `before` is exclusive. Null means unbounded. */
export interface TimeCondition {
  readonly kind: 'time';
  readonly field: TimeField;
  readonly from: Instant | null;
  readonly before: Instant | null;
}

export const EVERYBODY: Condition = { kind: 'all', of: [] };
export const NOBODY: Condition = { kind: 'any', of: [] };

/** The parts of a conjunction; for any other condition, the condition itself. */
export function partsOf(condition: Condition): readonly Condition[] {
  return condition.kind === 'all' ? condition.of : [condition];
}

/** Converts bounds to a half-open interval. Stored instants have whole milliseconds, so `gt` is `gte` one later. */
export function interval(
  field: TimeField,
  bounds: { readonly [end in 'gte' | 'gt' | 'lte' | 'lt']: Instant | null | undefined },
): Condition {
  const at = (instant: Instant | null | undefined, later: number) =>
    instant == null ? [] : [toMilliseconds(instant) + later];
  const from = Math.max(FIRST_MS, ...at(bounds.gte, 0), ...at(bounds.gt, 1));
  const before = Math.min(LAST_MS + 1, ...at(bounds.lt, 0), ...at(bounds.lte, 1));
  if (from >= before) return NOBODY;
  return {
    kind: 'time',
    field,
    from: from === FIRST_MS ? null : toInstant(from),
    before: before > LAST_MS ? null : toInstant(before),
  };
}

/** The smallest text after all texts with this prefix, in code point order; null when there is none. */
export function endOfPrefix(prefix: string): string | null {
  const points = Array.from(prefix, (sign) => sign.codePointAt(0) ?? 0);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return null;
  // Surrogates are not characters: the code point after U+D7FF is U+E000.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}

/** The name of a condition in the filter input, e.g. `email.contains`. */
export function labelOf(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
      return 'and';
    case 'any':
      return 'or';
    case 'not':
      return condition.label ?? 'not';
    case 'id':
      return 'id';
    case 'member':
      return 'organizationId';
    case 'verified':
      return 'emailVerified';
    case 'given':
      return `${condition.field}.isNull`;
    case 'text':
      return `${condition.field}.${condition.test === 'in' ? 'eq' : condition.test}`;
    case 'time':
      return condition.field;
    case 'metadata':
      return condition.values ? 'metadata.eq' : 'metadata.exists';
  }
}
