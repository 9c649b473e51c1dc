import type { Instant } from '../clock.js';
import { RequestError } from '../errors.js';
import { isId, type OrganizationId, type UserId } from '../ids.js';
import { normalizeText } from '../text.js';
import { normalizeDomain, normalizeDomainPart } from './email-domain.js';
import { lookupFormsOf, normalizeEmailPart } from './user.js';
import { type Condition, EVERYBODY, interval, NOBODY, type TextField, type TimeField } from './user-condition.js';

/** How deep `and`, `or` and `not` may stand in each other. */
export const MAX_FILTER_DEPTH = 5;
/** Comparisons of one filter, and filters inside it, counted together. */
export const MAX_FILTER_CONDITIONS = 50;
/** Values of one `in`. */
export const MAX_FILTER_VALUES = 100;
/** Characters of one value, in UTF-16 units: as many as the longest text a user has, a metadata value. */
export const MAX_FILTER_TEXT_LENGTH = 600;

export interface IdFilter {
  readonly eq?: string | null | undefined;
  readonly in?: readonly string[] | null | undefined;
}

export interface TextFilter {
  readonly eq?: string | null | undefined;
  /** Holds for those who have no such text too. */
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

/** Keys and values are compared as they are. */
export interface MetadataFilter {
  readonly key: string;
  readonly eq?: string | null | undefined;
  readonly in?: readonly string[] | null | undefined;
  readonly exists?: boolean | null | undefined;
}

/** Conditions on a list of users, as callers give them; all hold, and one that is null or left out does not count. */
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

/** The forms a whole value is found in. External ids are yours: `A1` and `a1` are two. */
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

/** The forms a beginning of a value, or some part of it, is found in. */
function partForms(field: TextField, test: 'startsWith' | 'contains', text: string): readonly string[] {
  switch (field) {
    case 'email':
      // What has no @ may be of the domain as well.
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
 * Reads a filter into conditions that are either true or false of every user: `not` is their exact opposite.
 *
 * @throws {RequestError} BAD_USER_INPUT when a limit is passed
 */
export function parseUserFilter(filter: UserFilter | null | undefined): Condition {
  return new Reader().filter(filter ?? {}, 0);
}

class Reader {
  #conditions = 0;

  filter(filter: UserFilter, depth: number): Condition {
    if (depth > MAX_FILTER_DEPTH) {
      throw refusal(`and, or and not stand at most ${MAX_FILTER_DEPTH} deep in each other.`);
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
    // What is no id of this kind is nobody's.
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
      throw refusal(`A list of values has at most ${MAX_FILTER_VALUES}; this one has ${texts.length}.`);
    }
    const long = texts.find((text) => text.length > MAX_FILTER_TEXT_LENGTH);
    if (long === undefined) return [...new Set(texts)];
    throw refusal(`A value has at most ${MAX_FILTER_TEXT_LENGTH} characters; this one has ${long.length}.`);
  }

  #counted(condition: Condition): Condition {
    this.#count();
    return condition;
  }

  #count(): void {
    this.#conditions++;
    if (this.#conditions > MAX_FILTER_CONDITIONS) {
      throw refusal(`A filter has at most ${MAX_FILTER_CONDITIONS} conditions, filters inside it counted too.`);
    }
  }
}

/** `eq` is a list of one; both may be given, and both hold. */
function lists(filter: IdFilter | null | undefined): (readonly string[])[] {
  const { eq, in: list } = filter ?? {};
  return [...(eq == null ? [] : [[eq]]), ...(list == null ? [] : [list])];
}

/** What nobody can meet makes the whole so: the planner is never asked for a way to nobody. */
function all(conditions: readonly Condition[]): Condition {
  const flat = conditions.flatMap((condition) => (condition.kind === 'all' ? condition.of : [condition]));
  if (flat.some(isNobody)) return NOBODY;
  const [only] = flat;
  if (!only) return EVERYBODY;
  return flat.length === 1 ? only : { kind: 'all', of: flat };
}

/** The alternatives somebody can meet; of one, the one itself. */
function any(conditions: readonly Condition[]): Condition {
  const flat = conditions.flatMap((condition) => (condition.kind === 'any' ? condition.of : [condition]));
  const [only] = flat;
  return only && flat.length === 1 ? only : { kind: 'any', of: flat };
}

function isNobody(condition: Condition): boolean {
  return condition.kind === 'any' && condition.of.length === 0;
}

function refusal(message: string): RequestError {
  return new RequestError('BAD_USER_INPUT', `The filter is refused: ${message}`);
}
