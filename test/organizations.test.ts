import BetterSqlite3 from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import { MAX_GRANTS_DELETED } from '../src/applications/application.js';
import { MAX_USES_NAMED } from '../src/errors.js';
import { MAX_MEMBERSHIPS_DELETED } from '../src/organizations/organization.js';
import { makeApplication, makeGrant, makeMembership, makeOrganization, makeUser } from './support/make.js';
import { type Execute, type TestApp, testApp } from './support/test-app.js';

const ERRORS = '__typename ... on MutationError { code path }';
/** Only what is deleted can be in use. */
const errorsOf = (field: string) =>
  `errors { ${ERRORS} ${/^delete(Application|Organization)$/.test(field) ? '... on InUseError { usedBy }' : ''} }`;
const APPLICATION = `id clientId name description kind scopes redirectUris { uri isDefault } usesPkce isFirstParty
  organizationId createdAt updatedAt`;
const ORGANIZATION = 'id name externalId metadata createdAt updatedAt';
const MEMBERSHIP = 'id status roles createdAt updatedAt user { id } organization { id }';
const UNKNOWN = '01E4ZCR3C56J083X43JQXF3JK5';

let app: TestApp;
let execute: Execute;

beforeEach(async () => {
  app = await testApp();
  execute = await app.client();
});

async function mutate(field: string, selection: string, input: object) {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const { data, errors } = await execute(
    `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} ${errorsOf(field)} } }`,
    { input },
  );
  expect(errors).toBeUndefined();
  return data[field];
}

const codes = ({ errors }: { errors: { code: string; path: string[] | null }[] }) =>
  errors.map(({ code, path }) => `${code}@${path?.join('.')}`);

/** Names of the events since the last call, with what they say was changed. */
let seen: string | null = null;
async function newEvents(): Promise<string[]> {
  const changes = 'changes { field previous }';
  const { data } = await execute(
    `query ($after: String) { events(first: 100, after: $after) { pageInfo { endCursor } nodes { name
      ... on ApplicationEvent { ${changes} } ... on OrganizationEvent { ${changes} }
      ... on OrganizationMembershipEvent { ${changes} } } } }`,
    { after: seen },
  );
  seen = data.events.pageInfo.endCursor ?? seen;
  return data.events.nodes.map(({ name, changes: list = [] }: { name: string; changes?: object[] }) =>
    [name, ...list.map((change) => Object.values(change).join('='))].join(' '),
  );
}

beforeEach(() => {
  seen = null;
});

const inSql = (work: (sqlite: BetterSqlite3.Database) => void) => {
  const sqlite = new BetterSqlite3(`${app.folder}/test.db`);
  try {
    sqlite.transaction(() => work(sqlite))();
  } finally {
    sqlite.close();
  }
};

describe('updateOrganization', () => {
  test('leaves what is left out, clears what is null, merges metadata and tells what was before', async () => {
    const id = await makeOrganization(execute, { name: 'Org', externalId: 'x', metadata: { a: '1', b: '2' } });
    await newEvents();
    app.clock.advance(5);
    const { organization } = await mutate('updateOrganization', `organization { ${ORGANIZATION} }`, {
      id,
      externalId: null,
      metadata: { a: null, c: '3' },
    });
    expect(organization).toMatchObject({ name: 'Org', externalId: null, metadata: { b: '2', c: '3' } });
    expect(organization.updatedAt).toBe('2026-01-15T12:00:05.000Z');
    expect(await newEvents()).toEqual(['organization.updated externalId=x metadata.a=1 metadata.c=']);
    await mutate('updateOrganization', 'organization { id }', { id, metadata: null, name: 'New' });
    expect(await newEvents()).toEqual(['organization.updated name=Org metadata.b=2 metadata.c=3']);
    // The external id is free for another one.
    await makeOrganization(execute, { name: 'Other', externalId: 'x' });
  });

  test('that changes nothing moves nothing and writes no event', async () => {
    const id = await makeOrganization(execute, { name: 'Org', externalId: 'x', metadata: { a: '1' } });
    await newEvents();
    app.clock.advance(5);
    for (const patch of [{}, { name: 'Org', externalId: 'x', metadata: { a: '1', b: null } }]) {
      const { organization } = await mutate('updateOrganization', `organization { ${ORGANIZATION} }`, { id, ...patch });
      expect(organization.updatedAt).toBe(organization.createdAt);
    }
    expect(await newEvents()).toEqual([]);
  });

  test('is refused with all problems at once', async () => {
    const id = await makeOrganization(execute, { name: 'Org' });
    await makeOrganization(execute, { name: 'Other', externalId: 'taken' });
    const refused = async (patch: object) =>
      codes(await mutate('updateOrganization', 'organization { id }', { id, ...patch }));
    expect(await refused({ name: ' ', externalId: '', metadata: { '': 'x' } })).toEqual([
      'INVALID_METADATA@metadata.',
      'INVALID_INPUT@name',
      'INVALID_EXTERNAL_ID@externalId',
    ]);
    expect(await refused({ name: null, externalId: 'taken' })).toEqual([
      'INVALID_INPUT@name',
      'EXTERNAL_ID_ALREADY_USED@externalId',
    ]);
    expect(await refused({ externalId: 'taken' })).toEqual(['EXTERNAL_ID_ALREADY_USED@externalId']);
    for (const unknown of [`org_${UNKNOWN}`, 'nonsense']) {
      expect(await refused({ id: unknown, name: '' })).toEqual(['NOT_FOUND@id']);
    }
    const created = await mutate('createOrganization', 'organization { id }', { name: '', externalId: 'taken' });
    expect(codes(created)).toEqual(['INVALID_INPUT@name', 'EXTERNAL_ID_ALREADY_USED@externalId']);
  });
});

describe('deleteOrganization', () => {
  test('ends the memberships, each with its event, and frees the external id', async () => {
    const id = await makeOrganization(execute, { name: 'Org', externalId: 'x' });
    const other = await makeOrganization(execute, { name: 'Other' });
    for (const email of ['a@example.com', 'b@example.com']) {
      const userId = await makeUser(execute, { email });
      await makeMembership(execute, userId, id);
      await makeMembership(execute, userId, other);
    }
    await newEvents();
    const deleted = await mutate('deleteOrganization', 'deletedOrganizationId', { id });
    expect(deleted).toEqual({ deletedOrganizationId: id, errors: [] });
    expect(await newEvents()).toEqual([
      'organization_membership.deleted',
      'organization_membership.deleted',
      'organization.deleted',
    ]);
    expect(codes(await mutate('deleteOrganization', 'deletedOrganizationId', { id }))).toEqual(['NOT_FOUND@id']);
    const { data } = await execute(`{ users { nodes { organizationMemberships { nodes { organization { id } } } } } }`);
    for (const { organizationMemberships } of data.users.nodes) {
      expect(organizationMemberships.nodes).toEqual([{ organization: { id: other } }]);
    }
    await makeOrganization(execute, { name: 'Again', externalId: 'x' });
  });

  test('is refused while applications belong to it, which are named', async () => {
    const id = await makeOrganization(execute, { name: 'Org' });
    const made: string[] = [];
    for (let index = 0; index <= MAX_USES_NAMED; index++) {
      made.push(await makeApplication(execute, { name: `App ${index}`, organizationId: id }));
    }
    await newEvents();
    const refused = await mutate('deleteOrganization', 'deletedOrganizationId', { id });
    expect(refused).toEqual({
      deletedOrganizationId: null,
      errors: [{ __typename: 'InUseError', code: 'IN_USE', path: ['id'], usedBy: made.slice(0, MAX_USES_NAMED) }],
    });
    expect(await newEvents()).toEqual([]);
    for (const application of made.slice(1))
      await mutate('deleteApplication', 'deletedApplicationId', { id: application });
    await mutate('updateApplication', 'application { id }', { id: made[0], organizationId: null });
    expect((await mutate('deleteOrganization', 'deletedOrganizationId', { id })).deletedOrganizationId).toBe(id);
  });

  test.each([MAX_MEMBERSHIPS_DELETED, MAX_MEMBERSHIPS_DELETED + 1])('with %i memberships', async (count) => {
    const id = await makeOrganization(execute, { name: 'Org' });
    const userId = await makeUser(execute, { email: 'a@example.com' });
    await makeMembership(execute, userId, id);
    inSql((sqlite) => multiply(sqlite, count, 'organization_memberships', 'om'));
    await newEvents();
    const { deletedOrganizationId, errors } = await mutate('deleteOrganization', 'deletedOrganizationId', { id });
    const isTooMany = count > MAX_MEMBERSHIPS_DELETED;
    expect(deletedOrganizationId).toBe(isTooMany ? null : id);
    expect(errors.map(({ code }: { code: string }) => code)).toEqual(isTooMany ? ['IN_USE'] : []);
    if (isTooMany) expect(errors[0].usedBy).toHaveLength(MAX_USES_NAMED);
    expect(await rows('organization_memberships')).toBe(isTooMany ? count : 0);
  });
});

/** Copies the one user, and what hangs on them in `table`, until there are `count`. */
function multiply(sqlite: BetterSqlite3.Database, count: number, table: string, prefix: string): void {
  const copies = `with recursive number (n) as (select 2 union all select n + 1 from number where n < ${count})`;
  const insertCopies = (into: string, changed: Record<string, string>) => {
    const columns = sqlite.prepare<[], { name: string }>(`select name from pragma_table_info('${into}')`).all();
    const values = columns.map(({ name }) => changed[name] ?? name).join(', ');
    sqlite.exec(`create temp table one as select * from ${into}`);
    sqlite.exec(`${copies} insert into ${into} select ${values} from one, number`);
    sqlite.exec('drop table one');
  };
  const address = { email: `'c' || n`, email_normal: `'c' || n` };
  insertCopies('users', { ...address, id: `'user_copy' || n`, external_id: 'null', search_number: 'n + 1000000' });
  insertCopies(table, { id: `'${prefix}_copy' || n`, user_id: `'user_copy' || n`, user_email_normal: `'c' || n` });
}

async function rows(table: string): Promise<number> {
  let total = 0;
  inSql((sqlite) => {
    total = sqlite.prepare<[], { total: number }>(`select count(*) as total from ${table}`).get()?.total ?? 0;
  });
  return total;
}

describe('memberships', () => {
  test('change their roles and status, and tell what was before', async () => {
    const userId = await makeUser(execute, { email: 'a@example.com' });
    const id = await makeMembership(execute, userId, await makeOrganization(execute, { name: 'Org' }));
    await newEvents();
    app.clock.advance(5);
    const select = `membership { ${MEMBERSHIP} }`;
    const { membership } = await mutate('updateOrganizationMembership', select, { id, roles: ['admin', 'admin', 'x'] });
    expect(membership).toMatchObject({
      roles: ['admin', 'x'],
      status: 'ACTIVE',
      updatedAt: '2026-01-15T12:00:05.000Z',
    });
    for (const patch of [{}, { roles: ['admin', 'x'] }]) {
      await mutate('updateOrganizationMembership', select, { id, ...patch });
    }
    expect(await newEvents()).toEqual(['organization_membership.updated roles=["member"]']);
    for (const [verb, status] of [
      ['deactivate', 'INACTIVE'],
      ['deactivate', 'INACTIVE'],
      ['reactivate', 'ACTIVE'],
      ['reactivate', 'ACTIVE'],
    ]) {
      const answer = await mutate(`${verb}OrganizationMembership`, select, { id });
      expect(answer.membership.status).toBe(status);
    }
    expect(await newEvents()).toEqual([
      'organization_membership.updated status=ACTIVE',
      'organization_membership.updated status=INACTIVE',
    ]);
    const deleted = await mutate(
      'deleteOrganizationMembership',
      'deletedMembershipId user { id organizationMemberships { totalCount } }',
      { id },
    );
    expect(deleted).toEqual({
      deletedMembershipId: id,
      user: { id: userId, organizationMemberships: { totalCount: 0 } },
      errors: [],
    });
    expect(await newEvents()).toEqual(['organization_membership.deleted']);
  });

  test('are refused what is wrong', async () => {
    const userId = await makeUser(execute, { email: 'a@example.com' });
    const id = await makeMembership(execute, userId, await makeOrganization(execute, { name: 'Org' }));
    const update = async (input: object) =>
      codes(await mutate('updateOrganizationMembership', 'membership { id }', input));
    expect(await update({ id, roles: [] })).toEqual(['INVALID_INPUT@roles']);
    expect(await update({ id, roles: ['ok', 'Not a slug'] })).toEqual(['INVALID_INPUT@roles.1']);
    expect(await update({ id, roles: null })).toEqual(['INVALID_INPUT@roles']);
    for (const unknown of [`om_${UNKNOWN}`, 'nonsense']) {
      expect(await update({ id: unknown, roles: ['x'] })).toEqual(['NOT_FOUND@id']);
      for (const field of ['deactivate', 'reactivate', 'delete']) {
        const selection = field === 'delete' ? 'deletedMembershipId' : 'membership { id }';
        const answer = await mutate(`${field}OrganizationMembership`, selection, { id: unknown });
        expect(codes(answer)).toEqual(['NOT_FOUND@id']);
      }
    }
  });

  test('that are pending can only be deleted', async () => {
    const userId = await makeUser(execute, { email: 'a@example.com' });
    const id = await makeMembership(execute, userId, await makeOrganization(execute, { name: 'Org' }));
    // There are no invitations yet, which is where a pending membership comes from.
    inSql((sqlite) => void sqlite.exec(`update organization_memberships set status = 'PENDING'`));
    await newEvents();
    for (const verb of ['deactivate', 'reactivate']) {
      const { membership, errors } = await mutate(`${verb}OrganizationMembership`, 'membership { id }', { id });
      expect(membership).toBeNull();
      expect(errors).toEqual([
        {
          __typename: 'MembershipPendingError',
          code: `CANNOT_${verb.toUpperCase()}_PENDING_ORGANIZATION_MEMBERSHIP`,
          path: ['id'],
        },
      ]);
    }
    expect(await newEvents()).toEqual([]);
    expect((await mutate('deleteOrganizationMembership', 'deletedMembershipId', { id })).deletedMembershipId).toBe(id);
  });
});

test('a redirect URI is kept to the letter, without the blanks around it, and has no fragment', async () => {
  const uris = ['https://App.example:443/a/../cb', ' https://app.example/cb\n'];
  const select = `application { ${APPLICATION} }`;
  const { application } = await mutate('createApplication', select, { name: 'App', redirectUris: uris });
  expect(application.redirectUris.map(({ uri }: { uri: string }) => uri)).toEqual([uris[0], 'https://app.example/cb']);
  const redirectUris = ['https://app.example/cb', 'https://app.example/cb#here'];
  for (const made of [
    await mutate('createApplication', select, { name: 'App', redirectUris }),
    await mutate('updateApplication', select, { id: application.id, redirectUris }),
  ]) {
    expect(made).toMatchObject({ application: null, errors: [{ code: 'INVALID_INPUT', path: ['redirectUris', '1'] }] });
  }
});

describe('updateApplication', () => {
  test('leaves what is left out, clears what is null, and tells what was before', async () => {
    const organizationId = await makeOrganization(execute, { name: 'Org' });
    const id = await makeApplication(execute, {
      name: 'App',
      description: 'text',
      scopes: ['openid'],
      redirectUris: ['https://a.example/', 'https://b.example/'],
      organizationId,
    });
    await newEvents();
    app.clock.advance(5);
    const select = `application { ${APPLICATION} }`;
    const { application } = await mutate('updateApplication', select, {
      id,
      description: null,
      redirectUris: ['https://b.example/'],
      usesPkce: false,
    });
    expect(application).toMatchObject({
      name: 'App',
      description: null,
      scopes: ['openid'],
      redirectUris: [{ uri: 'https://b.example/', isDefault: true }],
      usesPkce: false,
      isFirstParty: true,
      organizationId,
      updatedAt: '2026-01-15T12:00:05.000Z',
    });
    const before = '[{"uri":"https://a.example/","isDefault":true},{"uri":"https://b.example/","isDefault":false}]';
    expect(await newEvents()).toEqual([`application.updated description=text redirectUris=${before} usesPkce=true`]);
    for (const patch of [{}, { name: 'App', scopes: ['openid', 'openid'], isFirstParty: true, organizationId }]) {
      const same = await mutate('updateApplication', select, { id: application.clientId, ...patch });
      expect(same.application.updatedAt).toBe(application.updatedAt);
    }
    expect(await newEvents()).toEqual([]);
  });

  test('is refused with all problems at once', async () => {
    const organizationId = await makeOrganization(execute, { name: 'Org' });
    const oauth = await makeApplication(execute, { name: 'App' });
    const m2m = await makeApplication(execute, { name: 'Robot', kind: 'M2M', organizationId });
    const refused = async (input: object) => codes(await mutate('updateApplication', 'application { id }', input));
    expect(
      await refused({ id: oauth, name: null, scopes: null, redirectUris: null, usesPkce: null, isFirstParty: null }),
    ).toEqual(['name', 'scopes', 'redirectUris', 'usesPkce', 'isFirstParty'].map((field) => `INVALID_INPUT@${field}`));
    expect(
      await refused({
        id: oauth,
        name: '',
        description: 'x'.repeat(1001),
        scopes: ['a b'],
        organizationId: 'nonsense',
      }),
    ).toEqual([
      'INVALID_INPUT@scopes.0',
      'INVALID_INPUT@name',
      'INVALID_INPUT@description',
      'NOT_FOUND@organizationId',
    ]);
    expect(await refused({ id: oauth, isFirstParty: false })).toEqual(['INVALID_INPUT@organizationId']);
    expect(
      await refused({ id: m2m, usesPkce: true, redirectUris: ['https://a.example/'], organizationId: null }),
    ).toEqual(['INVALID_INPUT@usesPkce', 'INVALID_INPUT@redirectUris', 'INVALID_INPUT@organizationId']);
    for (const unknown of [`conn_app_${UNKNOWN}`, `client_${UNKNOWN}`, 'nonsense']) {
      expect(await refused({ id: unknown, name: '' })).toEqual(['NOT_FOUND@id']);
    }
  });
});

describe('deleteApplication', () => {
  test('takes back the grants, each with its event', async () => {
    const id = await makeApplication(execute, { name: 'App' });
    const other = await makeApplication(execute, { name: 'Other' });
    const userId = await makeUser(execute, { email: 'a@example.com' });
    await makeGrant(execute, userId, id);
    await makeGrant(execute, userId, other);
    await newEvents();
    const deleted = await mutate('deleteApplication', 'deletedApplicationId', { id });
    expect(deleted).toEqual({ deletedApplicationId: id, errors: [] });
    expect(await newEvents()).toEqual(['authorized_application.deleted', 'application.deleted']);
    expect(codes(await mutate('deleteApplication', 'deletedApplicationId', { id }))).toEqual(['NOT_FOUND@id']);
    const { data } = await execute('{ users { nodes { authorizedApplications { nodes { application { id } } } } } }');
    expect(data.users.nodes[0].authorizedApplications.nodes).toEqual([{ application: { id: other } }]);
  });

  test.each([MAX_GRANTS_DELETED, MAX_GRANTS_DELETED + 1])('with %i grants', async (count) => {
    const id = await makeApplication(execute, { name: 'App' });
    const userId = await makeUser(execute, { email: 'a@example.com' });
    await makeGrant(execute, userId, id);
    inSql((sqlite) => multiply(sqlite, count, 'authorized_applications', 'authorized_connect_app'));
    const { deletedApplicationId, errors } = await mutate('deleteApplication', 'deletedApplicationId', { id });
    const isTooMany = count > MAX_GRANTS_DELETED;
    expect(deletedApplicationId).toBe(isTooMany ? null : id);
    expect(errors.map(({ code }: { code: string }) => code)).toEqual(isTooMany ? ['IN_USE'] : []);
    expect(await rows('authorized_applications')).toBe(isTooMany ? count : 0);
  });
});

describe('lists', () => {
  const names = (nodes: readonly { name: string }[]) => nodes.map(({ name }) => name);

  test('of organizations are newest first, paged, and filtered by name and external id', async () => {
    for (const [name, externalId] of [
      ['A', 'x'],
      ['B', null],
      ['A', 'y'],
      ['C', null],
    ] as const) {
      await makeOrganization(execute, { name, externalId });
    }
    const query = `query ($filter: OrganizationFilter, $first: Int, $after: String, $last: Int) {
      organizations(filter: $filter, first: $first, after: $after, last: $last) {
        totalCount nodes { id name externalId } pageInfo { endCursor hasNextPage } } }`;
    const first = (await execute(query, { first: 3 })).data.organizations;
    expect([names(first.nodes), first.totalCount, first.pageInfo.hasNextPage]).toEqual([['C', 'A', 'B'], 4, true]);
    const rest = (await execute(query, { first: 3, after: first.pageInfo.endCursor })).data.organizations;
    expect([names(rest.nodes), rest.pageInfo.hasNextPage]).toEqual([['A'], false]);
    expect(names((await execute(query, { last: 2 })).data.organizations.nodes)).toEqual(['B', 'A']);
    for (const [filter, wanted] of [
      [{ name: 'A' }, ['y', 'x']],
      [{ externalId: 'x' }, ['x']],
      [{ name: 'A', externalId: 'y' }, ['y']],
      [{ name: 'B', externalId: 'y' }, []],
      [{ name: null }, [null, 'y', null, 'x']],
    ] as const) {
      const { nodes, totalCount } = (await execute(query, { filter })).data.organizations;
      expect(nodes.map(({ externalId }: { externalId: string | null }) => externalId)).toEqual(wanted);
      expect(totalCount).toBe(wanted.length);
    }
    const byKey = await execute(
      '{ a: organizationByExternalId(externalId: "y") { name } b: organizationByExternalId(externalId: "Y") { name } }',
    );
    expect(byKey.data).toEqual({ a: { name: 'A' }, b: null });
  });

  test('of applications are newest first, paged, and filtered by name and organization', async () => {
    const organizationId = await makeOrganization(execute, { name: 'Org' });
    for (const name of ['A', 'B', 'A', 'C']) {
      await makeApplication(execute, { name, ...(name === 'C' ? {} : { organizationId }) });
    }
    const query = `query ($filter: ApplicationFilter, $first: Int, $after: String) {
      applications(filter: $filter, first: $first, after: $after) {
        totalCount nodes { id clientId name } pageInfo { endCursor hasNextPage } } }`;
    const first = (await execute(query, { first: 2 })).data.applications;
    expect([names(first.nodes), first.totalCount]).toEqual([['C', 'A'], 4]);
    const rest = (await execute(query, { first: 2, after: first.pageInfo.endCursor })).data.applications;
    expect(names(rest.nodes)).toEqual(['B', 'A']);
    for (const [filter, wanted] of [
      [{ name: 'A' }, ['A', 'A']],
      [{ organizationId }, ['A', 'B', 'A']],
      [{ organizationId, name: 'B' }, ['B']],
      [{ organizationId: `org_${UNKNOWN}` }, []],
      [{ organizationId: 'nonsense' }, []],
    ] as const) {
      const { nodes, totalCount } = (await execute(query, { filter })).data.applications;
      expect([names(nodes), totalCount]).toEqual([wanted, wanted.length]);
    }
    const byKey = `query ($clientId: ID!) { a: applicationByClientId(clientId: $clientId) { name } b: applicationByClientId(clientId: "x") { name } }`;
    expect((await execute(byKey, { clientId: first.nodes[0].clientId })).data).toEqual({ a: { name: 'C' }, b: null });
  });

  test('of the members of an organization need the scope to read users', async () => {
    const id = await makeOrganization(execute, { name: 'Org' });
    for (const email of ['a@example.com', 'b@example.com', 'c@example.com']) {
      await makeMembership(execute, await makeUser(execute, { email }), id);
    }
    const query = `query ($id: ID!) { organization(id: $id) { name memberships(first: 2) {
      totalCount nodes { user { email } } pageInfo { hasNextPage } } } }`;
    const { data } = await execute(query, { id });
    expect(data.organization.memberships).toEqual({
      totalCount: 3,
      nodes: [{ user: { email: 'c@example.com' } }, { user: { email: 'b@example.com' } }],
      pageInfo: { hasNextPage: true },
    });
    const { errors } = await (await app.client('test', ['organizations:read']))(query, { id });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  });
});

test('a router finds applications, organizations, grants and memberships by their keys', async () => {
  const userId = await makeUser(execute, { email: 'a@example.com' });
  const organizationId = await makeOrganization(execute, { name: 'Org', externalId: 'x' });
  const applicationId = await makeApplication(execute, { name: 'App' });
  const grantId = await makeGrant(execute, userId, applicationId);
  const membershipId = await makeMembership(execute, userId, organizationId);
  const { data } = await execute('query ($id: ID!) { application(id: $id) { clientId } }', { id: applicationId });
  const { clientId } = data.application;
  const representations = [
    { __typename: 'Application', id: applicationId },
    { __typename: 'Application', clientId },
    { __typename: 'Organization', externalId: 'x' },
    { __typename: 'Organization', externalId: null },
    { __typename: 'Organization' },
    { __typename: 'AuthorizedApplication', id: grantId },
    { __typename: 'OrganizationMembership', id: membershipId },
    { __typename: 'OrganizationMembership', id: 'nonsense' },
  ];
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    __typename ... on Node { id } } }`;
  const answer = await execute(query, { representations });
  expect(answer.data._entities.map((entity: { id: string } | null) => entity?.id ?? null)).toEqual([
    applicationId,
    applicationId,
    organizationId,
    null,
    null,
    grantId,
    membershipId,
    null,
  ]);
  expect(answer.errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([
    [['_entities', 4], 'BAD_USER_INPUT'],
  ]);
});
