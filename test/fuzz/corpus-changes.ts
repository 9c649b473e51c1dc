import {
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  isInputObjectType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { ERRORS, requestOf } from './corpus-people.js';
import type { Calls, World } from './corpus-requests.js';
import type { Dice } from './dice.js';
import { drawValue, type Value } from './values.js';

/** The prefix of the ID in the `id` field of an input, by the ending of the mutation's name. */
const KINDS: readonly (readonly [ending: string, kind: string])[] = [
  ['OrganizationMembership', 'om'],
  ['Organization', 'org'],
  ['Application', 'conn_app'],
  ['WebhookEndpoint', 'we'],
  ['WebhookEndpointSecret', 'we'],
  ['ApiKey', 'api_key'],
  ['User', 'user'],
];

/** Draws a mutation of an existing object, mostly with valid values and IDs. A retry has the same body. */
export function* change(world: World): Calls {
  const { dice, schema } = world;
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
  const field = dice.pick(fields);
  // Deletes rarely, because a deleted object cannot be changed any more.
  if (/^(delete|revoke)/.test(field.name) && dice.percent(60)) return;
  const input = inputOf(field, world);
  const query = `mutation ($input: ${field.args[0]?.type}) { ${field.name}(input: $input) { ${payloadOf(field)} ${ERRORS} } }`;
  const who = dice.percent(90) ? 'full' : dice.pick(['few', 'person', 'nobody'] as const);
  const call = requestOf(who, { query, variables: { input } }, acceptedBy(dice));
  yield call;
  if (dice.percent(20)) yield call;
}

function inputOf(field: GraphQLField<unknown, unknown>, { dice, known }: World): Value {
  const [arg] = field.args;
  const type = getNamedType(arg?.type);
  if (!arg || !isInputObjectType(type)) throw new Error(`${field.name} takes no input.`);
  const drawn = drawValue(arg.type, arg.name, dice, known.key, 0);
  const given = typeof drawn === 'object' && drawn !== null ? { ...drawn } : {};
  const kind = KINDS.find(([ending]) => field.name.endsWith(ending))?.[1];
  const idOf = (name: string) => (name === 'userId' ? 'user' : name === 'organizationId' ? 'org' : kind);
  const ids = Object.keys(type.getFields())
    .filter((name) => name === 'id' || name === 'userId' || (name === 'organizationId' && name in given))
    .map((name) => [name, known.key.pick(dice, idOf(name) ?? 'user')]);
  return { ...given, ...Object.fromEntries(ids) };
}

/** Returns a selection of each object in the payload with its leaf fields. */
function payloadOf(field: GraphQLField<unknown, unknown>): string {
  const payload = getNamedType(field.type);
  if (!isObjectType(payload)) return '__typename';
  const parts = Object.values(payload.getFields()).flatMap(({ name, type }) => {
    const named = getNamedType(type);
    if (name === 'errors') return [];
    return isLeafType(named) ? [name] : isObjectType(named) ? [`${name} { __typename ${leavesOf(named)} }`] : [];
  });
  return ['__typename', ...parts].join(' ');
}

/** Returns the names of the leaf fields without arguments. */
export function leavesOf(type: GraphQLNamedType): string {
  const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
  const leaves = fields.filter(({ type: leaf, args }) => isLeafType(getNamedType(leaf)) && args.length === 0);
  return leaves.map(({ name }) => name).join(' ');
}

/** Sometimes accepts the media type of GraphQL over HTTP, which changes the status. */
export function acceptedBy(dice: Dice): Record<string, string> {
  return dice.percent(30) ? { accept: 'application/graphql-response+json' } : {};
}
