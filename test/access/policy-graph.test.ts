import { type GraphQLField, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { type Action, POLICY, ruleOf } from '../../src/auth/policy.js';
import { systemViewer } from '../../src/auth/viewer.js';
import type { EnvironmentId } from '../../src/domain/ids.js';
import { cursorAt } from '../../src/events/event-position.js';
import { isOpenToPersons } from '../../src/graphql/persons/person-access.js';
import { createSchema } from '../../src/graphql/schema.js';

const schema = createSchema();
const ULID = '01E4ZCR3C56J083X43JQXF3JK5';

/** Every field that performs an action of the policy, with its name, e.g. `Query.users`. */
const fields = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .flatMap((type) => Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field })))
  .filter(({ field }) => field.extensions.action !== undefined);

/** Stops a resolver as soon as it calls a use case. */
class UseCaseCalled extends Error {}

/** Resolves a field with fake services and loaders, and returns the actions that the resolver performs. */
async function actionsOf({ resolve, subscribe }: GraphQLField<unknown, unknown>, args: object): Promise<string[]> {
  const actions: string[] = [];
  const services = new Proxy(
    {},
    {
      get: (_, service) =>
        new Proxy(
          {},
          {
            get: (_target, method) => () => {
              actions.push(`${String(service)}.${String(method)}`);
              throw new UseCaseCalled();
            },
          },
        ),
    },
  );
  const stop = (): never => {
    throw new UseCaseCalled();
  };
  const load = { load: stop, page: stop, count: stop };
  const loaders = { ...load, byId: load, byExternalId: load, byEmail: load, byClientId: load, byUser: stop };
  const take = ({ action }: { readonly action: Action }) => {
    actions.push(action);
    return loaders;
  };
  const viewer = systemViewer('env_test' as EnvironmentId, 'test'); // only its shape matters here
  const context = { viewer, services, loaders: { of: take, linked: take, clear: () => {} }, renewViewer: () => viewer };
  const source = { id: `user_${ULID}`, userId: `user_${ULID}`, organizationId: `org_${ULID}`, data: {}, eventId: 'x' };
  try {
    // No resolver of a field with an action reads the `info` argument.
    await (subscribe ?? resolve)?.(source, args, context, {} as never);
  } catch (error) {
    if (!(error instanceof UseCaseCalled)) throw error;
  }
  return actions;
}

/** Arguments for the fields that look something up. Mutations pass their arguments on unchanged. */
const ARGS: Readonly<Record<string, object>> = {
  'Query.user': { id: `user_${ULID}` },
  'Query.application': { id: `conn_app_${ULID}` },
  'Query.applicationByClientId': { clientId: `client_${ULID}` },
  'Query.organization': { id: `org_${ULID}` },
  'Query.emailVerification': { id: `email_verification_${ULID}` },
  'Query.webhookEndpoint': { id: `we_${ULID}` },
  'Mutation.replayWebhookEndpoint': { input: { id: 'we', after: cursorAt('e', 1) } },
};

test('a field that declares scopes performs exactly the action that these scopes belong to', async () => {
  expect(fields.length).toBeGreaterThan(45);
  for (const { name, field } of fields) {
    const done = await actionsOf(field, ARGS[name] ?? { input: {} });
    expect([name, done]).toEqual([name, [field.extensions.action]]);
  }
});

test('the @requiresScopes directive of a field has the scopes of the policy', () => {
  for (const { name, field } of fields) {
    const directives = field.extensions.directives as { name: string; args: { scopes: unknown } }[]; // untyped there
    const printed = directives.find((directive) => directive.name === 'requiresScopes')?.args.scopes;
    expect([name, printed]).toEqual([name, [ruleOf(field.extensions.action as Action).scopes]]);
  }
});

test('the actions that no field declares are those listed here', () => {
  const done = new Set(fields.map(({ field }) => field.extensions.action));
  expect(Object.keys(POLICY).filter((action) => !done.has(action))).toEqual([
    // `totalCount` only counts what the list beside it shows.
    'users.countUsers',
    'userExports.pages',
    'mails.read',
    // REST has them.
    'sessions.listSessions',
    'sessions.revokeSession',
    // Require no scope.
    'sessions.revokeOwn',
    'signIn.changePassword',
    // Reached through `node` and `_entities`, and through their users.
    'authorizedApplications.read',
    'applications.countApplications',
    'organizations.countOrganizations',
    'memberships.read',
    // REST has them.
    'memberships.listMemberships',
    'events.positionOf',
    'webhookEndpoints.countWebhookEndpoints',
    'apiKeys.read',
    'apiKeys.countApiKeys',
    'environments.read',
    'schema.read',
  ]);
});

test('signed-in users may use exactly the mutations whose use cases are open to them', () => {
  const mutations = fields.filter(({ name }) => name.startsWith('Mutation.'));
  expect(mutations.length).toBeGreaterThan(20);
  for (const { name, field } of mutations) {
    const isOpen = ruleOf(field.extensions.action as Action).person === 'own';
    expect([name, isOpenToPersons('Mutation', field.name)]).toEqual([name, isOpen]);
  }
});
