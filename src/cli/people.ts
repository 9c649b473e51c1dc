import type { Viewer } from '../auth/viewer.js';
import type { Services } from '../services.js';

const FIRST = ['Ada', 'Amara', 'Bruno', 'Chen', 'Daria', 'Elif', 'Farid', 'Grace', 'Hana', 'Ines', 'Jonas', 'Kofi'];
const LAST = [
  'Almeida',
  'Bauer',
  'Castillo',
  'Diallo',
  'Eriksen',
  'Fischer',
  'Gupta',
  'Haddad',
  'Ito',
  'Jansen',
  'Kaya',
];
const COMPANIES = ['Northwind', 'Initech', 'Umbrella Garden', 'Blue Harbor', 'Acme'];
const APPLICATIONS = ['Calendar Sync', 'Expense Robot', 'Team Wiki', 'Status Board'];
const PLANS = ['free', 'pro', 'enterprise'];
const LOCALES = ['en-US', 'de-DE', 'pt-BR', 'ja-JP'];

/** Users made at one time: enough for the writer to put many into one commit. */
const BATCH = 250;

/** What was made. */
export interface Seeded {
  readonly users: number;
  readonly organizations: number;
  readonly applications: number;
}

/**
 * Fills an environment with made-up people, through the same use cases as everybody: companies they belong to and
 * applications they authorized. The same call makes the same people; a second one needs another `batch`.
 *
 * @param batch goes into the addresses, so that they do not clash with an earlier seed's
 * @param onProgress told how many users there are so far
 */
export async function seedPeople(
  services: Services,
  viewer: Viewer,
  count: number,
  batch: string,
  onProgress: (users: number) => void,
): Promise<Seeded> {
  const organizations = await Promise.all(
    COMPANIES.map((name) =>
      services.organizations.createOrganization(viewer, { name, externalId: `${slug(name)}${batch}` }),
    ),
  );
  const applications = await Promise.all(
    APPLICATIONS.map((name) =>
      services.applications.createApplication(viewer, {
        name,
        kind: 'OAUTH',
        description: `${name}, a made-up application.`,
        scopes: ['openid', 'profile', 'email'],
        redirectUris: [`https://${slug(name)}.example/callback`],
        usesPkce: true,
        isFirstParty: true,
      }),
    ),
  );
  const add = async (index: number) => {
    const user = await services.users.createUser(viewer, personOf(index, batch));
    const organization = organizations[index % organizations.length];
    if (organization && index % 4 !== 0) {
      const membership = {
        userId: user.id,
        organizationId: organization.id,
        roles: [index % 9 === 0 ? 'admin' : 'member'],
      };
      await services.memberships.createMembership(viewer, membership);
    }
    for (const application of applications.slice(0, index % (applications.length + 1))) {
      const grant = { userId: user.id, applicationId: application.id, scopes: ['openid', 'profile'] };
      await services.authorizedApplications.authorizeApplication(viewer, grant);
    }
    if (index % 5 === 0) {
      await services.users.updateUser(viewer, user.id, { locale: LOCALES[index % LOCALES.length] ?? 'en-US' });
    }
  };
  for (let start = 0; start < count; start += BATCH) {
    const size = Math.min(BATCH, count - start);
    await Promise.all(Array.from({ length: size }, (_, offset) => add(start + offset)));
    onProgress(start + size);
  }
  return { users: count, organizations: organizations.length, applications: applications.length };
}

function personOf(index: number, batch: string) {
  const firstName = FIRST[index % FIRST.length] ?? 'Ada';
  const lastName = LAST[Math.floor(index / FIRST.length) % LAST.length] ?? 'Bauer';
  return {
    email: `${slug(firstName)}.${slug(lastName)}.${batch}${index}@example.com`,
    emailVerified: index % 3 !== 0,
    firstName,
    lastName,
    name: `${firstName} ${lastName}`,
    externalId: `customer-${batch}${index}`,
    metadata: { plan: PLANS[index % PLANS.length] ?? 'free' },
  };
}

function slug(text: string): string {
  return text.toLowerCase().replaceAll(' ', '-');
}
