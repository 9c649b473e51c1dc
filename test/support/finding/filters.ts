import fc from 'fast-check';
import { wordsOf } from '../../../src/users/user-search.js';
import { type Person, PLANS, WORDS, type World } from './people.js';

type Filter = Record<string, unknown>;

const normal = (text: string) => text.normalize('NFC').toLowerCase();
const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function textMeets(value: string | null, filter: Record<string, unknown>, fold: (text: string) => string): boolean {
  const own = value === null ? null : fold(value);
  return Object.entries(filter).every(([test, wanted]) => {
    if (wanted === null) return true;
    if (test === 'isNull') return (own === null) === wanted;
    if (test === 'in') return own !== null && (wanted as string[]).map(fold).includes(own);
    const text = fold(wanted as string);
    if (test === 'neq') return own !== text;
    if (own === null) return false;
    return test === 'eq' ? own === text : test === 'startsWith' ? own.startsWith(text) : own.includes(text);
  });
}

function timeMeets(value: string | null, filter: Record<string, unknown>): boolean {
  return Object.entries(filter).every(([test, wanted]) => {
    if (wanted === null) return true;
    if (test === 'isNull') return (value === null) === wanted;
    if (value === null) return false;
    const difference = Date.parse(value) - Date.parse(wanted as string);
    return { gte: difference >= 0, gt: difference > 0, lte: difference <= 0, lt: difference < 0 }[test] ?? false;
  });
}

/** Whether a person is meant, worked out without the graph. Values of a filter have the types the generator gave them. */
export function meets(person: Person, filter: Filter): boolean {
  const idMeets = (ids: readonly string[], { eq, in: list }: { eq?: string; in?: string[] }) =>
    (eq == null || ids.includes(eq)) && (list == null || list.some((id) => ids.includes(id)));
  return Object.entries(filter).every(([field, wanted]) => {
    if (wanted == null) return true;
    const inner = wanted as Record<string, unknown>;
    switch (field) {
      case 'and':
        return (wanted as Filter[]).every((part) => meets(person, part));
      case 'or':
        return (wanted as Filter[]).some((part) => meets(person, part));
      case 'not':
        return !meets(person, inner);
      case 'id':
        return idMeets([person.id], inner);
      case 'organizationId':
        return idMeets(person.organizationIds, inner);
      case 'emailVerified':
        return person.emailVerified === wanted;
      case 'emailDomain':
        return textMeets(person.email.split('@')[1] ?? '', inner, normal);
      case 'externalId':
        return textMeets(person.externalId, inner, (text) => text);
      case 'metadata':
        return (wanted as { key: string; eq?: string; in?: string[]; exists?: boolean }[]).every(
          ({ key, eq, in: list, exists }) => {
            const value = person.metadata[key];
            return (
              (eq == null || value === eq) &&
              (list == null || (value !== undefined && list.includes(value))) &&
              (exists == null || (value !== undefined) === exists)
            );
          },
        );
      case 'createdAt':
      case 'updatedAt':
      case 'lastSignInAt':
        return timeMeets(person[field], inner);
      default:
        return textMeets(person[field as 'name'], inner, normal);
    }
  });
}

export function isFound(person: Person, search: string | null): boolean {
  if (search === null || search.trim() === '') return true;
  const own = [person.firstName, person.lastName, person.name, person.email, person.externalId].join(' ');
  const wanted = wordsOf(search);
  return wanted.length > 0 && wanted.every((word) => wordsOf(own).some((one) => one.startsWith(word)));
}

const ORDER_KEYS: Record<string, (person: Person) => string> = {
  CREATED_AT: ({ id }) => id,
  EMAIL: ({ email }) => normal(email),
  UPDATED_AT: ({ updatedAt }) => updatedAt,
  LAST_SIGN_IN_AT: ({ lastSignInAt }) => lastSignInAt ?? '',
  NAME: ({ name }) => normal(name ?? ''),
};

export function sorted(
  people: readonly Person[],
  { field, direction }: { field: string; direction: string },
): string[] {
  const key = ORDER_KEYS[field] ?? (() => '');
  const ascending = [...people].sort((a, b) => bytes(key(a), key(b)) || bytes(a.id, b.id));
  return (direction === 'ASC' ? ascending : ascending.reverse()).map(({ id }) => id);
}

export function filters({ people, organizations }: World): fc.Arbitrary<Filter> {
  const some = <T>(values: readonly T[]) => fc.constantFrom(...values);
  const optional = (model: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record(model, { requiredKeys: [] }).map((one) => Object.fromEntries(Object.entries(one).slice(0, 2)));
  const text = (values: readonly string[]) => {
    const part = some(values).chain((value) =>
      fc.nat({ max: 4 }).map((length) => [...value].slice(0, length).join('')),
    );
    return optional({
      eq: some(values),
      neq: fc.option(some(values), { nil: null }),
      in: fc.array(some(values), { maxLength: 3 }),
      startsWith: part,
      contains: part,
      isNull: fc.boolean(),
    });
  };
  const instants = [...new Set(people.flatMap(({ createdAt, updatedAt }) => [createdAt, updatedAt]))];
  const time = (values: readonly string[], isNull = {}) =>
    optional({ gte: some(values), gt: some(values), lte: some(values), lt: some(values), ...isNull });
  const ids = (values: readonly string[]) =>
    optional({ eq: some(values), in: fc.array(some(values), { maxLength: 3 }) });
  const names = text(['Ada', 'zoë', 'ZOE', 'bob', '', '\uffee', '\u{1F600} bob', 'łukasz', 'none']);
  const leaf: Record<string, fc.Arbitrary<unknown>> = {
    id: ids([...people.map(({ id }) => id), 'nonsense']),
    email: text([...people.slice(0, 6).map(({ email }) => email), 'ANN.', '@x', 'o']),
    emailDomain: text(['example.com', 'X.ORG', 'x', 'none']),
    emailVerified: fc.boolean(),
    firstName: names,
    lastName: names,
    name: names,
    externalId: text(['Ext-0', 'ext-0', 'Ext-12', 'Ext', '']),
    organizationId: ids([...organizations, 'org_01E4ZCR3C56J083X43JQXF3JK5']),
    metadata: fc.array(
      fc
        .tuple(
          some(['plan', 'k0', 'k1', 'none']),
          optional({ eq: some(PLANS), in: fc.array(some(PLANS)), exists: fc.boolean() }),
        )
        .map(([key, tests]) => ({ key, ...tests })),
      { maxLength: 2 },
    ),
    createdAt: time(instants),
    updatedAt: time(instants),
    lastSignInAt: time(['2026-02-01T00:00:00.000Z', '2026-02-02T00:00:00Z', '9999-12-31T23:59:59-12:00'], {
      isNull: fc.boolean(),
    }),
  };
  const leaves = fc
    .constantFrom(...Object.keys(leaf))
    .chain((field) => (leaf[field] ?? fc.constant(null)).map((value) => ({ [field]: value })));
  const flat = fc.array(leaves, { maxLength: 2 }).map((parts) => Object.assign({}, ...parts) as Filter);
  const { tree } = fc.letrec<{ tree: Filter }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', maxDepth: 3 },
      flat,
      fc
        .tuple(flat, fc.constantFrom('and', 'or'), fc.array(tie('tree'), { maxLength: 3 }))
        .map(([one, key, parts]) => ({ ...one, [key]: parts })),
      fc.tuple(flat, tie('tree')).map(([one, not]) => ({ ...one, not })),
    ),
  }));
  return tree;
}

export const orders = fc.record({
  field: fc.constantFrom(...Object.keys(ORDER_KEYS)),
  direction: fc.constantFrom('ASC', 'DESC'),
});
export const searches = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom(...WORDS) },
);
