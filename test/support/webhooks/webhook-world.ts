import { expect } from 'vitest';
import type { Overrides } from '../../../src/app.js';
import { receiver } from '../receiver.js';
import { type Execute, testApp } from '../test-app.js';

export const LOCAL = { WEBHOOK_NETWORKS: '127.0.0.0/8' };
const FIELDS = 'id url types enabled failingSince nextAttemptAt previousSecretUntil createdAt updatedAt';
const ERRORS = 'errors { ... on MutationError { code message path } }';

export function mutate(execute: Execute, name: string, input: object, more = '') {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const fields = name.startsWith('delete') ? 'deletedWebhookEndpointId' : `webhookEndpoint { ${FIELDS} }`;
  const query = `mutation ($input: ${type}) { ${name}(input: $input) { ${fields} ${more} ${ERRORS} } }`;
  return execute(query, { input }).then(({ data, errors }) => {
    if (errors) throw new Error(JSON.stringify(errors));
    return data[name];
  });
}

export async function world(settings: Record<string, string> = {}, overrides: Overrides = {}) {
  const app = await testApp({ ...LOCAL, ...settings }, overrides);
  const execute = await app.client();
  const to = await receiver();
  const create = async (types: string[], url = to.url): Promise<{ id: string; secret: string }> => {
    const { webhookEndpoint, secret, errors } = await mutate(
      execute,
      'createWebhookEndpoint',
      { url, types },
      'secret',
    );
    expect(errors).toEqual([]);
    return { id: webhookEndpoint.id, secret };
  };
  const read = async (id: string) => {
    const deliveries = 'deliveries(first: 100) { nodes { eventId attempt succeeded statusCode error event { name } } }';
    const { data } = await execute(`query ($id: ID!) { webhookEndpoint(id: $id) { ${FIELDS} ${deliveries} } }`, { id });
    return data.webhookEndpoint;
  };
  const deliver = () => app.app.services.webhookWorker.deliverDue();
  const emails = () => to.received.map(({ event }) => event.data.email);
  return { app, execute, to, create, read, deliver, emails };
}
