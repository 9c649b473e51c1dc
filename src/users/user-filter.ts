import { RequestError } from '../domain/errors.js';
import { isId, type OrganizationId, type UserId } from '../domain/ids.js';
import { normalizeDomain, normalizeDomainPart } from '../input/email-domain.js';
import { normalizeText } from '../input/text.js';
import type { Instant } from '../runtime/clock.js';
import { lookupFormsOf, normalizeEmailPart } from './user.js';
import { type Condition, EVERYBODY, interval, NOBODY, type TextField, type TimeField } from './user-condition.js';

/** The maximum nesting depth of `and`, `or` and `not`. */
export const MAX_FILTER_DEPTH = 5;
/** The maximum number of comparisons and nested filters in one filter. */
export const MAX_FILTER_CONDITIONS = 50;
/** The maximum number of values of one `in`. */
export const MAX_FILTER_VALUES = 100;
/** The maximum length of a value in UTF-16 code units. The longest text of a user, a metadata value, has as many. */
export const MAX_FILTER_TEXT_LENGTH = 600;

export interface IdFilter {
  readonly eq?: string | null | undefined;
  readonly in?: readonly string[] | null | undefined;
}

export interface TextFilter {
  readonly eq?: string | null | undefined;
  /** Also true when the text is null. */
  readonly neq?: string | null | undefined;
  readonly in?: readonly string[] | null | undefined;
  readonly startsWith?: string | null | undefined;
  readonly contains?: string | null | undefined;
  readonly isNull?: boolean | null | undefined;
}

export interface InstantFilter {
  readonly gte?: Instant | null | undefined;
  readonly gt?: Instant | null | undefined;
  readonly lte?: Instant | null | undefined;
  readonly lt?: Instant | null | undefined;
  readonly isNull?: boolean | null | undefined;
}

/** Keys and values are compared exactly, without normalization. */
export interface MetadataFilter {
  readonly key: string;
  readonly eq?: string | null | undefined;
  readonly in?: readonly string[] | null | undefined;
  readonly exists?: boolean | null | undefined;
}

/** A filter for users as callers write it. All conditions must hold; null and undefined ones are ignored. */
export interface UserFilter {
  readonly and?: readonly UserFilter[] | null | undefined;
  readonly or?: readonly UserFilter[] | null | undefined;
  readonly not?: UserFilter | null | undefined;
  readonly id?: IdFilter | null | undefined;
  readonly email?: TextFilter | null | undefined;
  readonly emailDomain?: TextFilter | null | undefined;
  readonly emailVerified?: boolean | null | undefined;
  readonly firstName?: TextFilter | null | undefined;
  readonly lastName?: TextFilter | null | undefined;
  readonly name?: TextFilter | null | undefined;
  readonly externalId?: TextFilter | null | undefined;
  /** Members of these organizations, whatever the status of the membership (contract A23). */
  readonly organizationId?: IdFilter | null | undefined;
  readonly metadata?: readonly MetadataFilter[] | null | undefined;
  readonly createdAt?: InstantFilter | null | undefined;
  readonly updatedAt?: InstantFilter | null | undefined;
  readonly lastSignInAt?: InstantFilter | null | undefined;
}

const TEXT_FIELDS = ['email', 'emailDomain', 'firstName', 'lastName', 'name', 'externalId'] as const;
const TIME_FIELDS = ['createdAt', 'updatedAt', 'lastSignInAt'] as const;

/** The normal forms that equal a value. External ids are case-sensitive: `A1` and `a1` differ. */
function wholeForms(field: TextField, text: string): readonly string[] {
  switch (field) {
    case 'email':
      return lookupFormsOf(text);
    case 'emailDomain':
      return [normalizeDomain(text.trim())];
    case 'externalId':
      return [text];
    default:
      return [normalizeText(text)];
  }
}

/** The normal forms to search for a prefix or a part of a value. */
function partForms(field: TextField, test: 'startsWith' | 'contains', text: string): readonly string[] {
  switch (field) {
    case 'email':
      // A part without @ can belong to the local part or to the domain.
      return test === 'contains' && !text.includes('@')
        ? [...new Set([normalizeEmailPart(text), normalizeDomainPart(text)])]
        : [normalizeEmailPart(text)];
    case 'emailDomain':
      return [normalizeDomainPart(text)];
    case 'externalId':
      return [text];
    default:
      return [normalizeText(text)];
  }
}

/**
 * Converts a filter to a condition. Logic is two-valued: `not` matches exactly the users its filter does not match.
 *
 * @throws {RequestError} BAD_USER_INPUT when a limit is exceeded
 */
export function parseUserFilter(filter: UserFilter | null | undefined): Condition {
  return new Reader().filter(filter ?? {}, 0);
}

class Reader {
  #conditions = 0;

  filter(filter: UserFilter, depth: number): Condition {
    if (depth > MAX_FILTER_DEPTH) {
      throw refusal(`and, or and not can be nested at most ${MAX_FILTER_DEPTH} levels deep.`);
    }
    const { and, or, not, id, emailVerified, organizationId, metadata } = filter;
    const inner = (part: UserFilter) => {
      this.#count();
      return this.filter(part, depth + 1);
    };
    return all([
      ...(and ?? []).map(inner),
      ...(or == null ? [] : [any(or.map(inner))]),
      ...(not == null ? [] : [{ kind: 'not', of: inner(not) } as const]),
      ...this.#ids('id', id, (text): text is UserId => isId('user', text)),
      ...TEXT_FIELDS.flatMap((field) => this.#text(field, filter[field])),
      ...(emailVerified == null ? [] : [this.#counted({ kind: 'verified', value: emailVerified } as const)]),
      ...this.#ids('member', organizationId, (text): text is OrganizationId => isId('org', text)),
      ...(metadata ?? []).flatMap((one) => this.#metadata(one)),
      ...TIME_FIELDS.flatMap((field) => this.#time(field, filter[field])),
    ]);
  }

  #ids<T extends string>(kind: 'id' | 'member', filter: IdFilter | null | undefined, is: (text: string) => text is T) {
    // A malformed id matches no user.
    return lists(filter).map((texts) => {
      const ids = this.#values(texts).filter(is);
      return this.#counted({ kind, ids } as Condition); // the guard fits the kind: both come from `filter`
    });
  }

  #text(field: TextField, filter: TextFilter | null | undefined): Condition[] {
    if (filter == null) return [];
    const { neq, startsWith, contains, isNull } = filter;
    const oneOf = (texts: readonly string[]): Condition => ({
      kind: 'text',
      field,
      test: 'in',
      values: [...new Set(this.#values(texts).flatMap((text) => wholeForms(field, text)))],
    });
    const part = (test: 'startsWith' | 'contains', text: string): Condition => {
      const [value = ''] = this.#values([text]);
      return { kind: 'text', field, test, values: partForms(field, test, value) };
    };
    const conditions: Condition[] = [
      ...lists(filter).map(oneOf),
      ...(neq == null ? [] : [{ kind: 'not', of: oneOf([neq]), label: `${field}.neq` } as const]),
      ...(startsWith == null ? [] : [part('startsWith', startsWith)]),
      ...(contains == null ? [] : [part('contains', contains)]),
      ...this.#isNull({ kind: 'given', field }, isNull, `${field}.isNull`),
    ];
    return conditions.map((condition) => this.#counted(condition));
  }

  #time(field: TimeField, filter: InstantFilter | null | undefined): Condition[] {
    if (filter == null) return [];
    const { gte, gt, lte, lt, isNull } = filter;
    const isRange = [gte, gt, lte, lt].some((bound) => bound != null);
    const conditions: Condition[] = [
      ...(isRange ? [interval(field, { gte, gt, lte, lt })] : []),
      ...this.#isNull({ kind: 'given', field }, isNull, `${field}.isNull`),
    ];
    return conditions.map((condition) => this.#counted(condition));
  }

  #metadata(filter: MetadataFilter): Condition[] {
    const [key = ''] = this.#values([filter.key]);
    const exists: Condition = { kind: 'metadata', key, values: null };
    const conditions: Condition[] = [
      ...lists(filter).map((texts): Condition => ({ kind: 'metadata', key, values: this.#values(texts) })),
      ...(filter.exists === true ? [exists] : []),
      ...(filter.exists === false ? [{ kind: 'not', of: exists, label: 'metadata.exists' } as const] : []),
    ];
    return conditions.map((condition) => this.#counted(condition));
  }

  #isNull(given: Condition, isNull: boolean | null | undefined, label: string): Condition[] {
    if (isNull == null) return [];
    return [isNull ? { kind: 'not', of: given, label } : given];
  }

  #values(texts: readonly string[]): readonly string[] {
    if (texts.length > MAX_FILTER_VALUES) {
      throw refusal(`A list can have at most ${MAX_FILTER_VALUES} values; this one has ${texts.length}.`);
    }
    const long = texts.find((text) => text.length > MAX_FILTER_TEXT_LENGTH);
    if (long === undefined) return [...new Set(texts)];
    throw refusal(`A value can have at most ${MAX_FILTER_TEXT_LENGTH} characters; this one has ${long.length}.`);
  }

  #counted(condition: Condition): Condition {
    this.#count();
    return condition;
  }

  #count(): void {
    this.#conditions++;
    if (this.#conditions > MAX_FILTER_CONDITIONS) {
      throw refusal(`A filter can have at most ${MAX_FILTER_CONDITIONS} conditions, including nested filters.`);
    }
  }
}

/** The lists of `eq`, as a list of one value, and `in`. Both can be given, and both must hold. */
function lists(filter: IdFilter | null | undefined): (readonly string[])[] {
  const { eq, in: list } = filter ?? {};
  return [...(eq == null ? [] : [[eq]]), ...(list == null ? [] : [list])];
}

/** The conjunction. It is NOBODY when a part is, so that the planner never plans a query without results. */
function all(conditions: readonly Condition[]): Condition {
  const flat = conditions.flatMap((condition) => (condition.kind === 'all' ? condition.of : [condition]));
  if (flat.some(isNobody)) return NOBODY;
  const [only] = flat;
  if (!only) return EVERYBODY;
  return flat.length === 1 ? only : { kind: 'all', of: flat };
}

/** The disjunction, flattened. A single alternative is returned as it is. */
function any(conditions: readonly Condition[]): Condition {
  const flat = conditions.flatMap((condition) => (condition.kind === 'any' ? condition.of : [condition]));
  const [only] = flat;
  return only && flat.length === 1 ? only : { kind: 'any', of: flat };
}

function isNobody(condition: Condition): boolean {
  return condition.kind === 'any' && condition.of.length === 0;
}

function refusal(message: string): RequestError {
  return new RequestError('BAD_USER_INPUT', `The filter is invalid: ${message}`);
}
