import { FIRST_MS, type Instant, LAST_MS, toInstant, toMilliseconds } from '../clock.js';
import type { OrganizationId, UserId } from '../ids.js';

export type TextField = 'email' | 'emailDomain' | 'firstName' | 'lastName' | 'name' | 'externalId';
export type TimeField = 'createdAt' | 'updatedAt' | 'lastSignInAt';

/** What is true or false of a user; texts and instants are in the form they are compared in. */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  /** `label` names the condition the caller gave, where it is not `not` itself. */
  | { readonly kind: 'not'; readonly of: Condition; readonly label?: string }
  | { readonly kind: 'id'; readonly ids: readonly UserId[] }
  | { readonly kind: 'member'; readonly ids: readonly OrganizationId[] }
  | { readonly kind: 'verified'; readonly value: boolean }
  | TextCondition
  /** The user has a value there. */
  | { readonly kind: 'given'; readonly field: TextField | TimeField }
  | TimeCondition
  /** With no values: the key is there. */
  | { readonly kind: 'metadata'; readonly key: string; readonly values: readonly string[] | null };

export interface TextCondition {
  readonly kind: 'text';
  readonly field: TextField;
  /** `in`: it is one of the values; `contains`: one of them is in it. `startsWith` has one value. */
  readonly test: 'in' | 'startsWith' | 'contains';
  readonly values: readonly string[];
}

/** From the first instant on, and before the second; null leaves that end open. */
export interface TimeCondition {
  readonly kind: 'time';
  readonly field: TimeField;
  readonly from: Instant | null;
  readonly before: Instant | null;
}

export const EVERYBODY: Condition = { kind: 'all', of: [] };
export const NOBODY: Condition = { kind: 'any', of: [] };

/** The conditions that all hold, one by one. */
export function partsOf(condition: Condition): readonly Condition[] {
  return condition.kind === 'all' ? condition.of : [condition];
}

/** The instants between bounds; they have whole milliseconds, so two ways to bound each end are enough. */
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

/** The first text behind all that begin with this one, in the order of code points; null when there is none. */
export function endOfPrefix(prefix: string): string | null {
  const points = Array.from(prefix, (sign) => sign.codePointAt(0) ?? 0);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return null;
  // Halves of surrogate pairs are no text: the one code point behind U+D7FF is U+E000.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}

/** What callers know a condition by, e.g. `email.contains`. */
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
