import type { NewUser } from '../users/user.js';

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

/** @param batch as in `Seeding` */
export function organizationsOf(batch: string) {
  return COMPANIES.map((name) => ({ name, externalId: `${slug(name)}${batch}` }));
}

export function applicationsOf() {
  return APPLICATIONS.map((name) => ({
    name,
    kind: 'OAUTH' as const,
    description: `${name}, a made-up application.`,
    scopes: ['openid', 'profile', 'email'],
    redirectUris: [`https://${slug(name)}.example/callback`],
    usesPkce: true,
    isFirstParty: true,
  }));
}

export function rolesOf(index: number): readonly string[] {
  return [index % 9 === 0 ? 'admin' : 'member'];
}

/** The locale that a user sets later; null for those who set none. */
export function localeOf(index: number): string | null {
  return index % 5 === 0 ? (LOCALES[index % LOCALES.length] ?? null) : null;
}

/** The user with this number. */
export function sampleUser(index: number, batch: string): NewUser {
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
