import { makeApplication, makeGrant, makeMembership, makeOrganization } from '../make.js';
import { allowSignIn, signedIn } from '../sign-in.js';
import { type Execute, type TestApp, testApp } from '../test-app.js';

/** Everything there is of one user, every text of it marked. */
export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly externalId: string;
  readonly grantId: string;
  readonly membershipId: string;
  readonly verificationId: string;
  readonly ask: Execute;
}

export interface World extends TestApp {
  readonly environmentId: string;
  readonly asKey: Execute;
  readonly ada: Person;
  readonly bob: Person;
  readonly applicationId: string;
  readonly organizationId: string;
}

async function personOf(
  app: TestApp,
  asKey: Execute,
  environmentId: string,
  name: string,
  shared: { applicationId: string; organizationId: string },
): Promise<Person> {
  const mark = (what: string) => `CANARY_${name}_${what}`;
  const email = `${mark('email')}@example.com`.toLowerCase();
  const externalId = mark('external');
  const names = { firstName: mark('first'), lastName: mark('last'), name: mark('name') };
  const metadata = { [mark('key')]: mark('value') };
  const { userId, ask } = await signedIn(app, asKey, environmentId, {
    email,
    externalId,
    ...names,
    metadata,
  });
  const grantId = await makeGrant(asKey, userId, shared.applicationId, [mark('scope')]);
  const membershipId = await makeMembership(asKey, userId, shared.organizationId, [
    `canary_${name.toLowerCase()}_role`,
  ]);
  const send = 'mutation ($id: ID!) { sendVerificationEmail(input: { userId: $id }) { emailVerification { id } } }';
  const { data } = await asKey(send, { id: userId });
  return {
    userId,
    email,
    externalId,
    grantId,
    membershipId,
    verificationId: data.sendVerificationEmail.emailVerification.id,
    ask,
  };
}

export async function world(settings: Record<string, string> = {}): Promise<World> {
  const app = await testApp(settings);
  const environmentId = await allowSignIn(app);
  const asKey = await app.client();
  const applicationId = await makeApplication(asKey, {
    name: 'Shop',
    redirectUris: ['https://shop.example/CANARY_redirect'],
  });
  const organizationId = await makeOrganization(asKey, {
    name: 'Org',
    externalId: 'CANARY_org_external',
    metadata: { a: 'CANARY_org_metadata' },
  });
  const shared = { applicationId, organizationId };
  const ada = await personOf(app, asKey, environmentId, 'ADA', shared);
  const bob = await personOf(app, asKey, environmentId, 'BOB', shared);
  return { ...app, environmentId, asKey, ada, bob, ...shared };
}
