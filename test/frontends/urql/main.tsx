import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Client, fetchExchange, Provider, useMutation, useQuery } from 'urql';
import { REVOKE, UPDATE, USER, USERS } from '../documents';
import type { DeleteAuthorizedApplicationInput, UpdateUserInput } from '../generated/graphql';
import possibleTypes from '../generated/possible-types.json';
import { authorizedFetch, endpoint } from '../session';
import { type Change, Page, type Revocation, UserDetail, UserList } from '../view';

/** Pages, payloads and errors are part of what holds them: they have no id to be kept under. */
const partOfParent = () => null;
const PARTS = ['UserConnection', 'UserEdge', 'PageInfo', 'AuthorizedApplicationConnection', 'UpdateUserPayload'];

const client = new Client({
  url: endpoint,
  fetch: authorizedFetch,
  preferGetMethod: false,
  exchanges: [
    cacheExchange({
      ...possibleTypes,
      keys: Object.fromEntries(PARTS.map((name) => [name, partOfParent])),
      resolvers: {
        Query: { users: relayPagination(), user: (_, { id }) => ({ __typename: 'User', id: String(id) }) },
      },
      optimistic: {
        updateUser: ({ input }) => ({
          __typename: 'UpdateUserPayload',
          user: { __typename: 'User', ...(input as UpdateUserInput) }, // the mutation's only argument
          errors: [],
        }),
      },
      updates: {
        Mutation: {
          deleteAuthorizedApplication: (result, { input }, cache) => {
            const { deletedAuthorizedApplicationId: gone } = result.deleteAuthorizedApplication as {
              deletedAuthorizedApplicationId: string | null; // what the document selects
            };
            const { userId: id } = input as DeleteAuthorizedApplicationInput; // the mutation's only argument
            cache.updateQuery({ query: USER, variables: { id } }, (data) => {
              if (!data?.user) return data;
              const { authorizedApplications } = data.user;
              const nodes = authorizedApplications.nodes.filter((grant) => grant.id !== gone);
              return { ...data, user: { ...data.user, authorizedApplications: { ...authorizedApplications, nodes } } };
            });
          },
        },
      },
    }),
    fetchExchange,
  ],
});

function Users() {
  const [after, setAfter] = useState<string | null>(null);
  const [selected, select] = useState<string | null>(null);
  const [{ data, error }] = useQuery({ query: USERS, variables: { after } });
  if (error && !data) return <p role="alert">{error.message}</p>;
  if (!data) return <p>Loading…</p>;
  const { edges, pageInfo } = data.users;
  return (
    <>
      <UserList
        rows={edges.map(({ node }) => node)}
        selected={selected}
        onSelect={select}
        onMore={pageInfo.hasNextPage ? () => setAfter(pageInfo.endCursor ?? null) : null}
      />
      {selected && <Detail id={selected} />}
    </>
  );
}

function Detail({ id }: { id: string }) {
  const [{ data }] = useQuery({ query: USER, variables: { id } });
  const [, update] = useMutation(UPDATE);
  const [, revoke] = useMutation(REVOKE);
  const user = data?.user;
  if (!user || user.id !== id) return <p>Loading…</p>;
  const save = async (input: Change) => {
    const { data: answer, error } = await update({ input });
    if (error) throw error;
    return answer?.updateUser.errors ?? [];
  };
  const take = async (input: Revocation) => {
    const { data: answer, error } = await revoke({ input });
    if (error) throw error;
    return answer?.deleteAuthorizedApplication.errors ?? [];
  };
  const grants = user.authorizedApplications.nodes.map(({ id: grant, application }) => {
    return { id: grant, applicationId: application.id, name: application.name };
  });
  return <UserDetail user={user} grants={grants} onSave={save} onRevoke={take} />;
}

createRoot(document.getElementById('root') ?? document.body).render(
  <Provider value={client}>
    <Page>
      <Users />
    </Page>
  </Provider>,
);
