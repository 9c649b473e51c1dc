import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ErrorCode } from '../../src/domain/errors.js';
import { OPERATIONS } from '../../src/rest/operations/index.js';
import { FAILURES } from '../../src/rest/protocol/failures.js';
import { type RestClient, restClient } from '../support/rest/rest-client.js';
import { runs } from '../support/runs.js';
import { type Execute, testApp } from '../support/test-app.js';

/** IDs by the order of creation: those of two servers differ. */
interface Known {
  readonly users: string[];
  readonly organizations: string[];
  readonly memberships: string[];
}

interface Side {
  readonly known: Known;
  /** Makes a change. Returns the code of the failure as REST has it, or null. */
  change(step: Step): Promise<string | null>;
}

type Step =
  | {
      readonly kind: 'createUser';
      readonly email: string;
      readonly externalId: string | null;
      readonly firstName: string | null;
    }
  | { readonly kind: 'updateUser'; readonly at: number; readonly patch: Patch }
  | { readonly kind: 'deleteUser' | 'sendVerificationEmail'; readonly at: number }
  | { readonly kind: 'verifyEmail'; readonly at: number; readonly code: string }
  | { readonly kind: 'createOrganization'; readonly name: string; readonly externalId: string | null }
  | { readonly kind: 'deleteOrganization'; readonly at: number }
  | {
      readonly kind: 'createOrganizationMembership';
      readonly at: number;
      readonly in: number;
      readonly roles: readonly string[];
    }
  | { readonly kind: 'deactivateOrganizationMembership' | 'deleteOrganizationMembership'; readonly at: number };

interface Patch {
  readonly email?: string;
  readonly firstName?: string | null;
  readonly externalId?: string | null;
  readonly emailVerified?: boolean;
  readonly locale?: string | null;
  readonly metadata?: Readonly<Record<string, string | null>> | null;
}

const email = fc.constantFrom(
  'a@example.com',
  'A@example.com',
  'b@example.com',
  'c@bücher.example',
  'c@xn--bcher-kva.example',
  'nobody',
);
const externalId = fc.option(fc.constantFrom('x', 'y', 'ä', ''));
const at = fc.nat({ max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('createUser' as const),
      email,
      externalId,
      firstName: fc.option(fc.string({ maxLength: 5, unit: 'grapheme' })),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('updateUser' as const),
      at,
      patch: fc.record(
        {
          email,
          firstName: fc.option(fc.constantFrom('Ada', 'Bob')),
          externalId,
          emailVerified: fc.boolean(),
          locale: fc.option(fc.constantFrom('en-us', 'no locale')),
          metadata: fc.option(fc.dictionary(fc.constantFrom('a', 'b', ''), fc.option(fc.constantFrom('1', '2')))),
        },
        { requiredKeys: [] },
      ),
    }),
  },
  fc.record({ kind: fc.constantFrom('deleteUser' as const, 'sendVerificationEmail' as const), at }),
  fc.record({ kind: fc.constant('verifyEmail' as const), at, code: fc.constantFrom('000000', '12') }),
  fc.record({ kind: fc.constant('createOrganization' as const), name: fc.constantFrom('Acme', ''), externalId }),
  fc.record({ kind: fc.constant('deleteOrganization' as const), at }),
  fc.record({
    kind: fc.constant('createOrganizationMembership' as const),
    at,
    in: at,
    roles: fc.constantFrom(['member'], ['admin', 'a'], ['No Slug']),
  }),
  fc.record({
    kind: fc.constantFrom('deactivateOrganizationMembership' as const, 'deleteOrganizationMembership' as const),
    at,
  }),
);

const NOBODY = 'user_00000000000000000000000000';
const idAt = (ids: readonly string[], index: number, none: string) => ids[index] ?? none;

function overRest(rest: RestClient, known: Known): Side {
  const send = async (method: string, path: string, body?: object, keep?: string[]) => {
    const { status, json } = await rest(method, path, body);
    if (status < 300) keep?.push(json.id);
    return status < 300 ? null : String(json.code);
  };
  const users = '/user_management/users';
  const memberships = '/user_management/organization_memberships';
  return {
    known,
    change(one) {
      const user = 'at' in one ? idAt(known.users, one.at, NOBODY) : '';
      const organization = 'at' in one ? idAt(known.organizations, one.at, 'org_1') : '';
      const membership = 'at' in one ? idAt(known.memberships, one.at, 'om_1') : '';
      switch (one.kind) {
        case 'createUser':
          return send(
            'POST',
            users,
            { email: one.email, external_id: one.externalId, first_name: one.firstName },
            known.users,
          );
        case 'updateUser': {
          const { emailVerified, externalId: external, firstName, ...same } = one.patch;
          return send('PUT', `${users}/${user}`, {
            ...same,
            email_verified: emailVerified,
            external_id: external,
            first_name: firstName,
          });
        }
        case 'deleteUser':
          return send('DELETE', `${users}/${user}`);
        case 'sendVerificationEmail':
          return send('POST', `${users}/${user}/email_verification/send`);
        case 'verifyEmail':
          return send('POST', `${users}/${user}/email_verification/confirm`, { code: one.code });
        case 'createOrganization':
          return send('POST', '/organizations', { name: one.name, external_id: one.externalId }, known.organizations);
        case 'deleteOrganization':
          return send('DELETE', `/organizations/${organization}`);
        case 'createOrganizationMembership': {
          const where = { user_id: user, organization_id: idAt(known.organizations, one.in, 'org_1') };
          return send('POST', memberships, { ...where, role_slugs: one.roles }, known.memberships);
        }
        case 'deactivateOrganizationMembership':
          return send('PUT', `${memberships}/${membership}/deactivate`);
        case 'deleteOrganizationMembership':
          return send('DELETE', `${memberships}/${membership}`);
      }
    },
  };
}

/** The code that REST has for the first failure of a mutation. */
function restCode(kind: string, code: ErrorCode): string {
  const { failures = {} } = OPERATIONS.find(({ id }) => id === kind) ?? {};
  return { ...FAILURES, ...failures }[code][1];
}

function overGraphql(graph: Execute, known: Known): Side {
  const send = async (kind: string, input: object, made?: string, keep?: string[]) => {
    const type = `${kind[0]?.toUpperCase()}${kind.slice(1)}Input`;
    const selection = made === undefined ? '' : `${made} { id }`;
    const answer = await graph(
      `mutation ($input: ${type}!) { ${kind}(input: $input) { ${selection} errors { ... on MutationError { code } } } }`,
      { input },
    );
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    const { errors, ...result } = answer.data[kind];
    if (errors.length > 0) return restCode(kind, errors[0].code);
    if (made !== undefined) keep?.push(result[made].id);
    return null;
  };
  return {
    known,
    change(one) {
      const user = 'at' in one ? idAt(known.users, one.at, NOBODY) : '';
      const organization = 'at' in one ? idAt(known.organizations, one.at, 'org_1') : '';
      const membership = 'at' in one ? idAt(known.memberships, one.at, 'om_1') : '';
      switch (one.kind) {
        case 'createUser': {
          const { kind, ...input } = one;
          return send(kind, input, 'user', known.users);
        }
        case 'updateUser':
          return send(one.kind, { id: user, ...one.patch });
        case 'deleteUser':
          return send(one.kind, { id: user });
        case 'sendVerificationEmail':
          return send(one.kind, { userId: user });
        case 'verifyEmail':
          return send(one.kind, { userId: user, code: one.code });
        case 'createOrganization': {
          const { kind, ...input } = one;
          return send(kind, input, 'organization', known.organizations);
        }
        case 'deleteOrganization':
          return send(one.kind, { id: organization });
        case 'createOrganizationMembership': {
          const where = { userId: user, organizationId: idAt(known.organizations, one.in, 'org_1') };
          return send(one.kind, { ...where, roles: one.roles }, 'membership', known.memberships);
        }
        case 'deactivateOrganizationMembership':
        case 'deleteOrganizationMembership':
          return send(one.kind, { id: membership });
      }
    },
  };
}

/** Everything that a server knows, with IDs replaced by the order of their creation. */
async function stateOf(rest: RestClient, known: Known): Promise<string> {
  const paths = ['/user_management/users?limit=100', '/organizations?limit=100', '/events?limit=100'];
  const all = await Promise.all(paths.map(async (path) => (await rest('GET', path)).json.data));
  const events = (all[2] as { event: string }[]).filter(({ event }) => !event.startsWith('api_key'));
  let text = JSON.stringify([all[0], all[1], events]);
  for (const [name, ids] of Object.entries(known)) {
    for (const [index, id] of (ids as string[]).entries()) text = text.replaceAll(id, `${name}-${index}`);
  }
  // What has no name above: events, codes, keys.
  return text.replace(/\b(event|email_verification|api_key)_[0-9A-Z]{26}/g, '$1');
}

test('the same history through either API makes the same users, events and refusals', async () => {
  const refused = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const made = await Promise.all(
        [0, 1].map(async () => {
          const app = await testApp({ RATE_LIMIT_POINTS: '0' });
          const rest = restClient(app.app, await app.key());
          return { app, rest, graph: await app.client(), known: { users: [], organizations: [], memberships: [] } };
        }),
      );
      const [one, other] = made;
      if (!one || !other) throw new Error('There are two.');
      const sides = [overRest(one.rest, one.known), overGraphql(other.graph, other.known)];
      for (const each of steps) {
        const [byRest, byGraphql] = await Promise.all(sides.map((side) => side.change(each)));
        expect([each, byRest]).toEqual([each, byGraphql]);
        if (byRest) refused.add(byRest);
        for (const { app } of made) app.clock.advance(1);
      }
      expect(await stateOf(one.rest, one.known)).toBe(await stateOf(other.rest, other.known));
    }),
    { numRuns: runs(25, 400) },
  );
  // The histories reach what they are to compare.
  expect(refused.size).toBeGreaterThan(4);
});
