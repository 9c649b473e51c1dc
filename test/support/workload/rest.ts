import { OPERATIONS } from '../../../src/rest/operations/index.js';
import type { TestApp } from '../open-app.js';
import type { Values } from './reads.js';

/** Filters of lists, so that each way to read them is taken. */
const FILTERS: Readonly<Record<string, readonly string[]>> = {
  listUsers: ['', 'email=ada@example.com', 'organization_id={org}', 'limit=5&after={user}&order=asc'],
  listOrganizationMemberships: [
    'user_id={user}',
    'user_id={user}&organization_id={org}&statuses=active',
    'organization_id={org}',
    'organization_id={org}&statuses=active,inactive',
  ],
  listEvents: ['', 'events=user.created', 'organization_id={org}&events=user.created', 'after={event}&order=desc'],
};

/** Reads everything that the REST API has. */
export async function readOverRest({ app, key }: TestApp, { ids }: Values): Promise<void> {
  const secret = await key();
  const { User = '', Organization = '', OrganizationMembership = '', EmailVerification = '' } = ids;
  const get = async (path: string) => {
    const response = await app.fetch(
      new Request(`http://localhost${path}`, { headers: { authorization: `Bearer ${secret}` } }),
    );
    if (response.status >= 400) throw new Error(`${path}: ${await response.text()}`);
    return response.json();
  };
  const event = (await get('/events?limit=1')).data[0].id;
  for (const { id, method, path } of OPERATIONS) {
    if (method !== 'GET' || path.includes('external_id')) continue;
    const own = path.includes('memberships')
      ? OrganizationMembership
      : path.includes('organizations')
        ? Organization
        : User;
    const target = path
      .replace('{user_id}', User)
      .replace('{id}', path.includes('verification') ? EmailVerification : own);
    for (const filter of FILTERS[id] ?? ['']) {
      const query = filter.replaceAll('{user}', User).replaceAll('{org}', Organization).replaceAll('{event}', event);
      await get(`${target}${query === '' ? '' : `?${query}`}`);
    }
  }
}
