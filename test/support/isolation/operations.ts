import fc from 'fast-check';
import {
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { createSchema } from '../../../src/graphql/schema.js';
import { ID_KINDS } from './leaks.js';
import { ULID } from './twins.js';
import { HASH, type World } from './two-environments.js';

export const schema = createSchema();

/** All there is to select, as deep as `depth`. */
export function selectionOf(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (isAbstractType(named)) {
    const parts = schema.getPossibleTypes(named).map((one) => `... on ${one.name} ${selectionOf(one, depth)}`);
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).flatMap((field) => {
    const isLeaf = isLeafType(getNamedType(field.type));
    if (!isLeaf && depth === 0) return [];
    const args = field.args.some((arg) => isNonNullType(arg.type)) ? '(key: "CANARY_A_key")' : '';
    // Fields of one name have other nullability in other types: an alias keeps them apart.
    return [`${named.name}_${field.name}: ${field.name}${args} ${selectionOf(field.type, depth - 1)}`];
  });
  return `{ __typename ${fields.join(' ')} }`;
}

type Owner = 'A' | 'B' | 'nobody';

/** A value that belongs to somebody; it becomes a text only when it is sent. */
export class Ref {
  constructor(
    readonly kind: keyof World | 'cursors',
    readonly owner: Owner,
    readonly index: number,
  ) {}
}
const FITTING: Record<string, readonly (typeof ID_KINDS)[number][]> = {
  userId: ['users'],
  organizationId: ['organizations'],
  applicationId: ['applications', 'clients', 'grants'],
  clientId: ['clients'],
};
export const PREFIX: Record<string, string> = {
  users: 'user_',
  organizations: 'org_',
  applications: 'conn_app_',
  clients: 'client_',
  grants: 'authorized_connect_app_',
  memberships: 'om_',
  verifications: 'email_verification_',
  events: 'event_',
  apiKeys: 'api_key_',
  endpoints: 'we_',
  deliveries: 'webhook_delivery_',
};

const owners = fc.constantFrom<Owner>('A', 'B', 'B', 'nobody');

function refs(kinds: readonly Ref['kind'][], from: number): fc.Arbitrary<Ref> {
  return fc
    .tuple(fc.constantFrom(...kinds), owners, fc.integer({ min: from, max: from + 3 }))
    .map(([kind, owner, index]) => new Ref(kind, owner, index));
}

const COMPOUND = ['and', 'or', 'not'];
const OPERATORS = ['eq', 'neq', 'in', 'startsWith', 'contains'];

/** Values for an argument or input field: by its type, and for ids and texts by its name. */
function valuesFor(type: GraphQLInputType, path: readonly string[], isMutation: boolean): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return valuesFor(type.ofType, path, isMutation);
  if (isListType(type)) return fc.array(valuesFor(type.ofType, path, isMutation), { minLength: 1, maxLength: 4 });
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  if (isInputObjectType(type)) {
    // Hashing takes as long as a hundred operations, and a password is nobody's secret here; a given hash takes none.
    const passwords = ['password', 'passwordHash', 'passwordHashType', 'passwordSaltPosition'];
    // A filter holds filters, and one in another is enough.
    const isInner = path.some((part) => COMPOUND.includes(part));
    const left = [...passwords, ...(isInner ? COMPOUND : [])];
    const fields = Object.values(type.getFields()).filter(({ name }) => !left.includes(name));
    const required = fields.filter((field) => isNonNullType(field.type)).map(({ name }) => name);
    const model = fields.map(
      (field) => [field.name, valuesFor(field.type, [...path, field.name], isMutation)] as const,
    );
    const values = fc.record(Object.fromEntries(model), { requiredKeys: required });
    if (!('passwordHash' in type.getFields())) return values;
    return fc.tuple(values, fc.boolean()).map(([rest, hashed]) => (hashed ? { ...rest, ...HASH } : rest));
  }
  const name = path.findLast((part) => !OPERATORS.includes(part)) ?? '';
  // What A's mutations take of B's texts becomes A's own; reads ask for others, which stay B's alone.
  const from = isMutation ? 4 : 0;
  if (type.name === 'ID') return refs(FITTING[name] ?? fittingId(path), 0);
  if (type.name === '_Any') {
    const by = (__typename: string, key: string, kind: Ref['kind']) =>
      refs([kind], 0).map((ref) => ({ __typename, [key]: ref }));
    return fc.oneof(
      by('User', 'id', 'users'),
      by('User', 'externalId', 'externalIds'),
      by('Organization', 'id', 'organizations'),
      by('Organization', 'externalId', 'externalIds'),
      by('Application', 'id', 'applications'),
      by('Application', 'clientId', 'clients'),
      by('AuthorizedApplication', 'id', 'grants'),
      by('OrganizationMembership', 'id', 'memberships'),
    );
  }
  if (name === 'after' || name === 'before') return refs(['cursors'], 0);
  if (name === 'email' || name === 'newEmail') return refs(['emails'], from);
  if (name === 'externalId') return refs(['externalIds'], from);
  if (name === 'search') return fc.constantFrom('canary', 'canary_b', 'CANARY_B_email_1', 'b first', 'text', '"');
  if (name === 'emailDomain') return fc.constantFrom('canary-a.example', 'canary-b.example', 'canary-');
  if (name === 'key') return fc.constantFrom('CANARY_A_key', 'CANARY_B_key');
  if (!isMutation && path.includes('filter')) {
    const texts = ['first', 'name', 'value'].flatMap((what) => [`CANARY_A_${what}`, `CANARY_B_${what}`]);
    if (type.name === 'String') return fc.constantFrom(...texts, 'canary', '');
  }
  if (name === 'idempotencyKey') return refs(['keys'], 0);
  if (name === 'scopes' && path[0] === 'createApiKey') return fc.constantFrom('users:read', 'api_keys:read');
  if (name === 'code') return fc.constantFrom('000000', '123456');
  if (name === 'locale') return fc.constant('en-US');
  if (type.name === 'Int') return fc.integer({ min: 1, max: 5 });
  if (type.name === 'Boolean') return fc.boolean();
  if (type.name === 'Metadata') return fc.constant({ plan: 'pro' });
  if (type.name === 'DateTime') return fc.constantFrom('2026-01-15T12:00:00.000Z', '2026-06-01T00:00:00.000Z');
  if (type.name === 'URL') return fc.constant('https://example.com/');
  return fc.constantFrom('member', 'text');
}

function fittingId(path: readonly string[]): readonly (typeof ID_KINDS)[number][] {
  const [field = ''] = path;
  if (/Membership$/.test(field)) return ['memberships'];
  if (/Organization$/i.test(field)) return ['organizations'];
  if (/Application$/i.test(field)) return ['applications', 'clients'];
  if (/User$/i.test(field)) return ['users'];
  if (/ApiKey$/.test(field)) return ['apiKeys'];
  if (/WebhookEndpoint/i.test(field)) return ['endpoints'];
  return ID_KINDS;
}

interface Operation {
  readonly field: string;
  readonly isMutation: boolean;
  readonly query: string;
  readonly args: Record<string, unknown>;
}

export function operations(): fc.Arbitrary<Operation>[] {
  return [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    Object.values(root?.getFields() ?? {}).map((field) => {
      const isMutation = root?.name === 'Mutation';
      const model = field.args.map(
        (arg) => [arg.name, valuesFor(arg.type, [field.name, arg.name], isMutation)] as const,
      );
      const required = field.args.filter((arg) => isNonNullType(arg.type)).map(({ name }) => name);
      const selection = selectionOf(field.type, 3);
      return fc.record(Object.fromEntries(model), { requiredKeys: required }).map((args) => {
        const given = field.args.filter(({ name }) => args[name] !== undefined);
        const defined = given.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
        const passed = given.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
        const [head, call] = given.length > 0 ? [`(${defined})`, `(${passed})`] : ['', ''];
        const query = `${isMutation ? 'mutation' : 'query'} ${head} { ${field.name}${call} ${selection} }`;
        return { field: field.name, isMutation, query, args };
      });
    }),
  );
}

export function some(value: unknown, test: (ref: Ref) => boolean): boolean {
  if (value instanceof Ref) return test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some((part) => some(part, test));
}

/** The arguments as they are sent; what was put in the place of refs is noted in `sent`. */
export function resolve(value: unknown, lookUp: (ref: Ref) => string, sent: string[]): unknown {
  if (value instanceof Ref) {
    const text = lookUp(value);
    if (value.kind !== 'cursors') sent.push(text);
    return text;
  }
  if (Array.isArray(value)) return value.map((part) => resolve(part, lookUp, sent));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolve(part, lookUp, sent)]));
}

let fresh = 0;
export function unknown(kind: Ref['kind']): string {
  const number = String(fresh++).padStart(7, '0');
  if (kind === 'emails') return `nobody_${number}@example.com`;
  if (kind === 'externalIds') return `nobody_${number}`;
  return `${PREFIX[kind] ?? 'cursor'}${ULID.slice(0, 19)}${number}`;
}

/** The answer without what was sent, in whatever spelling, and without what no two requests share. */
export function masked(answer: unknown, sent: readonly string[]): string {
  return sent
    .reduce((text, part, index) => text.replaceAll(part, `#${index}`), JSON.stringify(answer))
    .replace(/req_[0-9A-Z]{26}/g, 'req');
}
