import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { ApolloProvider, useApolloClient, useMutation, useQuery } from '@apollo/client/react';
import { relayStylePagination } from '@apollo/client/utilities';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { REVOKE, UPDATE, USER, USERS } from '../documents';
import possibleTypes from '../generated/possible-types.json';
import { authorizedFetch, endpoint } from '../session';
import { type Change, Page, type Revocation, UserDetail, UserList } from '../view';

const client = new ApolloClient({
  link: new HttpLink({ uri: endpoint, fetch: authorizedFetch }),
  cache: new InMemoryCache({
    ...possibleTypes,
    typePolicies: {
      Query: {
        fields: {
          users: relayStylePagination(['filter', 'orderBy', 'search']),
          // One that the list has brought is shown at once.
          user: (_, { args, toReference }) => toReference({ __typename: 'User', id: args?.id }),
        },
      },
    },
  }),
});

function Users() {
  const { data, error, fetchMore } = useQuery(USERS);
  const [selected, select] = useState<string | null>(null);
  if (error && !data) return <p role="alert">{error.message}</p>;
  if (!data) return <p>Loading…</p>;
  const { edges, pageInfo } = data.users;
  const more = () => void fetchMore({ variables: { after: pageInfo.endCursor } });
  return (
    <>
      <UserList
        rows={edges.map(({ node }) => node)}
        selected={selected}
        onSelect={select}
        onMore={pageInfo.hasNextPage ? more : null}
      />
      {selected && <Detail id={selected} />}
    </>
  );
}

function Detail({ id }: { id: string }) {
  const { cache } = useApolloClient();
  const { data } = useQuery(USER, { variables: { id } });
  const [update] = useMutation(UPDATE);
  const [revoke] = useMutation(REVOKE);
  const user = data?.user;
  if (!user) return <p>Loading…</p>;
  const save = async (input: Change) => {
    const optimisticResponse = {
      updateUser: {
        __typename: 'UpdateUserPayload' as const,
        user: { __typename: 'User' as const, ...input },
        errors: [],
      },
    };
    const { data: answer } = await update({ variables: { input }, optimisticResponse });
    return answer?.updateUser.errors ?? [];
  };
  const take = async (input: Revocation) => {
    const { data: answer } = await revoke({ variables: { input } });
    const gone = answer?.deleteAuthorizedApplication.deletedAuthorizedApplicationId;
    // Lists leave out what is no longer there.
    if (gone) cache.evict({ id: cache.identify({ __typename: 'AuthorizedApplication', id: gone }) ?? '' });
    return answer?.deleteAuthorizedApplication.errors ?? [];
  };
  const grants = user.authorizedApplications.nodes.map(({ id: grant, application }) => {
    return { id: grant, applicationId: application.id, name: application.name };
  });
  return <UserDetail user={user} grants={grants} onSave={save} onRevoke={take} />;
}

createRoot(document.getElementById('root') ?? document.body).render(
  <ApolloProvider client={client}>
    <Page>
      <Users />
    </Page>
  </ApolloProvider>,
);
