import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, type CombinedError, fetchExchange } from '@urql/core';
import { describe, expect, test } from 'vitest';
import { hashOf } from '../../src/graphql/execution/persisted-documents.js';
import { testApp } from '../support/test-app.js';

/** Clients as their teams use them, over the app's own door. */
describe('real clients accept the released statuses', () => {
  const PARTIAL = '{ viewer { scopes } event: node(id: "event_01E4ZCR3C56J083X43JQXF3JK5") { id } }';
  const INVALID = '{ nothing }';

  async function clients() {
    const app = await testApp();
    const secret = await app.key('test', ['users:read']);
    const statuses: number[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      request.headers.set('authorization', `Bearer ${secret}`);
      const response = await app.app.fetch(request);
      statuses.push(response.status);
      return response;
    };
    return { fetch, statuses };
  }

  test('Apollo Client 4 reads the data of a 294 and the code of a 422', async () => {
    const { fetch, statuses } = await clients();
    const link = new HttpLink({ uri: 'http://localhost/graphql', fetch });
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    const ask = (query: string) => client.query({ query: gql(query), errorPolicy: 'all' });
    const partial = await ask(PARTIAL);
    expect(partial.data).toMatchObject({ viewer: { scopes: ['users:read'] }, event: null });
    expect(JSON.stringify(partial.error)).toContain('FORBIDDEN');
    expect(JSON.stringify((await ask(INVALID)).error)).toContain('GRAPHQL_VALIDATION_FAILED');
    expect(statuses).toEqual([294, 422]);
  });

  test('urql reads the data of a 294 and the code of a 422', async () => {
    const { fetch, statuses } = await clients();
    const client = new Client({
      url: 'http://localhost/graphql',
      fetch,
      exchanges: [fetchExchange],
      preferGetMethod: false,
    });
    const codes = ({ error }: { error?: CombinedError | undefined }) =>
      error?.graphQLErrors.map(({ extensions }) => extensions.code);
    const partial = await client.query(PARTIAL, {}).toPromise();
    expect(partial.data).toMatchObject({ viewer: { scopes: ['users:read'] }, event: null });
    expect(codes(partial)).toEqual(['FORBIDDEN']);
    expect(codes(await client.query(INVALID, {}).toPromise())).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(statuses).toEqual([294, 422]);
  });

  test('Apollo Client registers a document by its hash, and then sends only the hash', async () => {
    const { fetch, statuses } = await clients();
    const sent: string[] = [];
    const noting: typeof globalThis.fetch = (input, init) => {
      sent.push(String(init?.body));
      return fetch(input, init);
    };
    const sha256 = (text: string) => hashOf(text);
    const link = ApolloLink.from([
      new PersistedQueryLink({ sha256 }),
      new HttpLink({ uri: 'http://localhost/graphql', fetch: noting }),
    ]);
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    for (const _ of [1, 2]) {
      const { data } = await client.query({
        query: gql('query Me { viewer { scopes } }'),
        fetchPolicy: 'network-only',
      });
      expect(data).toMatchObject({ viewer: { scopes: ['users:read'] } });
    }
    expect(statuses).toEqual([404, 200, 200]);
    expect(sent.map((body) => body.includes('viewer'))).toEqual([false, true, false]);
  });
});
