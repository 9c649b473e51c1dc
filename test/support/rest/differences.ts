import type { DescribedOperation, Document } from './openapi.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Record<string, Schema>;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
}

/** Statuses of our description that every operation has, which the official one leaves out. */
const COMMON = ['401', '403', '405', '413', '415', '429', '500', '503', '504'];

/**
 * What our description has otherwise than the official one, in operations that both have: parameters, fields of bodies,
 * statuses, and required fields of responses.
 */
export function differences(ours: Document, official: Document): string[] {
  const found: string[] = [];
  for (const [path, methods] of Object.entries(official.paths)) {
    for (const [method, theirs] of Object.entries(methods)) {
      const name = `${method.toUpperCase()} ${path}`;
      const own = ours.paths[path]?.[method];
      if (own) found.push(...compare(own, theirs, ours, official).map((one) => `${name}: ${one}`));
      else found.push(`${name}: missing`);
    }
  }
  return found.sort();
}

function compare(own: DescribedOperation, theirs: DescribedOperation, ours: Document, official: Document): string[] {
  const lacks = (what: string, wanted: Iterable<string>, given: ReadonlySet<string>) =>
    [...wanted].filter((name) => !given.has(name)).map((name) => `lacks ${what} ${name}`);
  const has = (what: string, given: Iterable<string>, wanted: ReadonlySet<string>) =>
    [...given].filter((name) => !wanted.has(name)).map((name) => `adds ${what} ${name}`);
  const parametersOf = (operation: DescribedOperation) =>
    new Set((operation.parameters ?? []).filter((one) => one.in !== 'header').map(({ name }) => String(name)));
  const bodyOf = (operation: DescribedOperation, document: Document) =>
    fieldsOf(operation.requestBody?.content['application/json']?.schema, document);
  const [ownBody, theirBody] = [bodyOf(own, ours), bodyOf(theirs, official)];
  const statuses = new Set(Object.keys(theirs.responses));
  const found = [
    ...lacks('parameter', parametersOf(theirs), parametersOf(own)),
    ...has('parameter', parametersOf(own), parametersOf(theirs)),
    ...lacks('field', theirBody.all, ownBody.all),
    ...has('field', ownBody.all, theirBody.all),
    ...has('required field', ownBody.required, theirBody.required),
    ...lacks('status', statuses, new Set(Object.keys(own.responses))),
    ...has(
      'status',
      Object.keys(own.responses).filter((one) => !COMMON.includes(one)),
      statuses,
    ),
  ];
  for (const status of Object.keys(theirs.responses).filter((one) => one < '300')) {
    const schemaOf = (operation: DescribedOperation) =>
      operation.responses[status]?.content?.['application/json']?.schema as Schema | undefined;
    const [given, wanted] = [fieldsOf(schemaOf(own), ours), fieldsOf(schemaOf(theirs), official)];
    found.push(...lacks('required field of the response', wanted.required, given.all));
  }
  return found;
}

interface Fields {
  readonly all: ReadonlySet<string>;
  readonly required: ReadonlySet<string>;
}

/** The fields of an object, and of the objects in it, by their paths. */
function fieldsOf(schema: Schema | undefined, document: Document, prefix = '', depth = 0): Fields {
  const all = new Set<string>();
  const required = new Set<string>();
  if (!schema || depth > 4) return { all, required };
  const resolved = resolve(schema, document);
  const add = (fields: Fields, isRequired: boolean) => {
    for (const name of fields.all) all.add(name);
    if (isRequired) for (const name of fields.required) required.add(name);
  };
  for (const part of resolved.allOf ?? []) add(fieldsOf(part, document, prefix, depth), true);
  for (const part of [...(resolved.oneOf ?? []), ...(resolved.anyOf ?? [])]) {
    add(fieldsOf(part, document, prefix, depth), false);
  }
  for (const [name, type] of Object.entries(resolved.properties ?? {})) {
    all.add(`${prefix}${name}`);
    const isRequired = resolved.required?.includes(name) === true;
    if (isRequired) required.add(`${prefix}${name}`);
    const inner = resolve(type, document);
    add(fieldsOf(inner.items ?? inner, document, `${prefix}${name}.`, depth + 1), isRequired);
  }
  return { all, required };
}

function resolve(schema: Schema, document: Document): Schema {
  const [, name = ''] = /^#\/components\/schemas\/(.+)$/.exec(schema.$ref ?? '') ?? [];
  return schema.$ref === undefined ? schema : ((document.components.schemas[name] as Schema | undefined) ?? {});
}

/** The differences that are there on purpose, each with its reason. `docs/from-the-workos-sdk.md` has them in words. */
export const KNOWN_DIFFERENCES: readonly (readonly [difference: RegExp, reason: string])[] = [
  [/organizations.*: (?:lacks|adds) .*domain/, 'organizations have no domains'],
  [/organizations.*: lacks field (?:stripe_customer_id|allow_profiles_outside_organization)$/, 'not stored'],
  [/^GET \/organizations: lacks parameter search$/, 'organizations are found over GraphQL'],
  [/^GET \/organizations\/\{organization_id\}\/authorized_applications: missing$/, 'answered with 501'],
  [/^DELETE \/organizations\/\{id\}: lacks status 202$/, 'a deletion is done when it is answered'],
  [/^DELETE \/organizations\/\{id\}: adds status 4\d\d$/, 'one that does not exist or is in use is refused'],
  [/^POST \/organizations: lacks status 409$/, 'domains are the only conflict of a new organization'],
  [/^PUT \/organizations\/\{id\}: lacks status (?:403|409)$/, 'domains are the only conflict of an organization'],
  [/^DELETE \/user_management\/users\/\{id\}: lacks status 409$/, 'every user can be deleted'],
  [/^PUT \/user_management\/users\/\{id\}: adds status 404$/, 'the description forgets it'],
  [/^POST \/user_management\/users: lacks status 404$/, 'nothing can be missing'],
  [/^POST \/user_management\/users: lacks field (?:ip_address|signals_id|user_agent)$/, 'ignored: there is no Radar'],
  [/^POST \/user_management\/authenticate: lacks field /, 'there are the grants password and refresh_token only'],
  [/^POST \/user_management\/authenticate: lacks status 404$/, 'nothing can be missing'],
  [/: adds status 409$/, 'an object that is deleted while it is read, or a second membership'],
  [/memberships\/\{id\}\/(?:de|re)activate: lacks status 422$/, 'there is nothing in the request to be wrong'],
  [
    /^(?:POST|PUT) .*(?:revoke|send|memberships\/\{id\}): adds status (?:400|422)$/,
    'a malformed body or idempotency key',
  ],
];
