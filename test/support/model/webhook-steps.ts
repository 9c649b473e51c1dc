import fc from 'fast-check';
import { expect } from 'vitest';
import { cursorAt } from '../../../src/events/event-position.js';
import type { Model, ModelEndpoint } from './model.js';
import { mutate, nth, Step } from './step.js';

const NO_ENDPOINT = 'we_01E4ZCR3C56J083X43JQXF3JK5';
const which = fc.nat(5);
const urls = fc.constantFrom(
  'https://a.example/',
  'HTTPS://A.example.:443/b/..',
  'https://b.example/',
  'https://127.0.0.1/',
  'http://a.example/',
  'https://user:secret@a.example/',
);
const types = fc.array(fc.constantFrom('USER_CREATED', 'USER_UPDATED'), { maxLength: 3 });

const newEndpoint = fc.record({ url: urls, types });
const patch = fc.record(
  { url: fc.option(urls), types: fc.option(types), enabled: fc.option(fc.boolean()) },
  { requiredKeys: [] },
);

const OTHER_SPELLINGS: Record<string, string> = { 'HTTPS://A.example.:443/b/..': 'https://a.example/' };
const normal = (url: string) => OTHER_SPELLINGS[url] ?? url;
const isUrl = (url: string) => /^https:\/\/[a-z]\.example\/$/.test(url);

/** What is wrong with it by itself; only then it is looked whether the address is taken. */
function problemsOf(url: string, given: readonly string[], nulls: number): string[] {
  const wrong = url.includes('@') ? 'INVALID_INPUT' : 'ADDRESS_REFUSED';
  return [...(isUrl(url) ? [] : [wrong]), ...(given.length > 0 ? [] : ['INVALID_INPUT'])].concat(
    Array.from({ length: nulls }, () => 'INVALID_INPUT'),
  );
}

function taken(model: Model, url: string, id?: string): string[] {
  return [...model.endpoints.values()].some((one) => one.url === url && one.id !== id) ? ['DUPLICATE_ENDPOINT'] : [];
}

const createWebhookEndpoint = newEndpoint.map(
  (input) =>
    new Step('createWebhookEndpoint', input, async (model, real) => {
      const url = normal(input.url);
      const made = await mutate(real, 'createWebhookEndpoint', 'secret webhookEndpoint { id }', input);
      const problems = problemsOf(url, input.types, 0);
      expect(made.codes).toEqual(problems.length > 0 ? problems : taken(model, url));
      expect(made.payload.secret === null).toBe(made.codes.length > 0);
      if (made.codes.length > 0) return;
      const { id } = made.payload.webhookEndpoint;
      model.endpoints.set(id, { id, url, types: [...new Set(input.types)], enabled: true });
      model.ids.push(id);
      model.happened(['webhook_endpoint.created', id]);
    }),
);

const updateWebhookEndpoint = fc.tuple(which, patch).map(
  ([number, given]) =>
    new Step('updateWebhookEndpoint', { number, ...given }, async (model, real) => {
      const one = nth(model.endpoints.values(), number);
      const input = { id: one?.id ?? NO_ENDPOINT, ...given };
      const { codes } = await mutate(real, 'updateWebhookEndpoint', 'webhookEndpoint { id }', input);
      if (!one) return expect(codes).toEqual(['NOT_FOUND']);
      const nulls = Object.values(given).filter((value) => value === null).length;
      const next: ModelEndpoint = {
        ...one,
        url: normal(given.url ?? one.url),
        types: given.types ? [...new Set(given.types)] : one.types,
        enabled: given.enabled ?? one.enabled,
      };
      const problems = problemsOf(next.url, next.types, nulls);
      expect(codes).toEqual(problems.length > 0 ? problems : taken(model, next.url, one.id));
      if (codes.length > 0 || JSON.stringify(next) === JSON.stringify(one)) return;
      model.endpoints.set(one.id, next);
      model.happened(['webhook_endpoint.updated', one.id]);
    }),
);

/** A mutation that names an endpoint, and what becomes of it. */
function onOne(mutation: string, selection: string, more: object, effect: (model: Model, one: ModelEndpoint) => void) {
  return which.map(
    (number) =>
      new Step(mutation, number, async (model, real) => {
        const one = nth(model.endpoints.values(), number);
        const { codes } = await mutate(real, mutation, selection, { id: one?.id ?? NO_ENDPOINT, ...more });
        expect(codes).toEqual(one ? [] : ['NOT_FOUND']);
        if (one) effect(model, one);
      }),
  );
}

export const webhookSteps = [
  createWebhookEndpoint,
  updateWebhookEndpoint,
  onOne('rotateWebhookEndpointSecret', 'secret', {}, (model, { id }) => {
    model.happened(['webhook_endpoint.updated', id]);
  }),
  // It moves a number that nobody reads, and is no event.
  onOne('replayWebhookEndpoint', 'queuedCount', { after: cursorAt('0', 0) }, () => {}),
  onOne('deleteWebhookEndpoint', 'deletedWebhookEndpointId', {}, (model, { id }) => {
    model.endpoints.delete(id);
    model.happened(['webhook_endpoint.deleted', id]);
  }),
];
