import { Suspense, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { graphql, RelayEnvironmentProvider, useLazyLoadQuery, useMutation, usePaginationFragment } from 'react-relay';
import { ConnectionHandler, Environment, Network, RecordSource, Store } from 'relay-runtime';
import { authorizedFetch, endpoint } from '../session';
import { type Change, Page, type Problem, type Revocation, UserDetail, UserList } from '../view';
import type { mainRevokeMutation } from './__generated__/mainRevokeMutation.graphql';
import type { mainUpdateMutation } from './__generated__/mainUpdateMutation.graphql';
import type { mainUserQuery } from './__generated__/mainUserQuery.graphql';
import type { mainUsers_query$key } from './__generated__/mainUsers_query.graphql';
import type { mainUsersQuery } from './__generated__/mainUsersQuery.graphql';

const environment = new Environment({
  store: new Store(new RecordSource()),
  network: Network.create(async ({ text }, variables) => {
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
    const body = JSON.stringify({ query: text, variables });
    const response = await authorizedFetch(endpoint, { method: 'POST', headers, body });
    return response.json();
  }),
});

function Users() {
  const query = useLazyLoadQuery<mainUsersQuery>(
    graphql`
      query mainUsersQuery {
        ...mainUsers_query
      }
    `,
    {},
  );
  const { data, hasNext, loadNext } = usePaginationFragment<mainUsersQuery, mainUsers_query$key>(
    graphql`
      fragment mainUsers_query on Query
      @refetchable(queryName: "mainUsersPageQuery")
      @argumentDefinitions(count: { type: "Int", defaultValue: 50 }, cursor: { type: "String" }) {
        users(first: $count, after: $cursor, orderBy: { field: EMAIL, direction: ASC })
          @connection(key: "mainUsers_users", filters: []) {
          edges {
            node {
              id
              email
              firstName
            }
          }
        }
      }
    `,
    query,
  );
  const [selected, select] = useState<string | null>(null);
  return (
    <>
      <UserList
        rows={data.users.edges.map(({ node }) => node)}
        selected={selected}
        onSelect={select}
        onMore={hasNext ? () => loadNext(50) : null}
      />
      {selected && (
        <Suspense fallback={<p>Loading…</p>}>
          <Detail id={selected} />
        </Suspense>
      )}
    </>
  );
}

function Detail({ id }: { id: string }) {
  const { user } = useLazyLoadQuery<mainUserQuery>(
    graphql`
      query mainUserQuery($id: ID!) {
        user(id: $id) {
          id
          email
          firstName
          authorizedApplications(first: 20) @connection(key: "mainUser_authorizedApplications") {
            edges {
              node {
                id
                application {
                  id
                  name
                }
              }
            }
          }
        }
      }
    `,
    { id },
  );
  const [update] = useMutation<mainUpdateMutation>(graphql`
    mutation mainUpdateMutation($input: UpdateUserInput!) {
      updateUser(input: $input) {
        user {
          id
          email
          firstName
        }
        errors {
          __typename
          ... on MutationError {
            message
            path
          }
        }
      }
    }
  `);
  const [revoke] = useMutation<mainRevokeMutation>(graphql`
    mutation mainRevokeMutation($input: DeleteAuthorizedApplicationInput!, $connections: [ID!]!) {
      deleteAuthorizedApplication(input: $input) {
        deletedAuthorizedApplicationId @deleteEdge(connections: $connections)
        errors {
          __typename
          ... on MutationError {
            message
            path
          }
        }
      }
    }
  `);
  if (!user) return <p>Nobody.</p>;
  const save = (input: Change) =>
    new Promise<readonly Problem[]>((resolve, reject) => {
      update({
        variables: { input },
        optimisticResponse: { updateUser: { user: input, errors: [] } },
        onCompleted: ({ updateUser }) => resolve(updateUser.errors.map(problemOf)),
        onError: reject,
      });
    });
  const take = (input: Revocation) =>
    new Promise<readonly Problem[]>((resolve, reject) => {
      const connections = [ConnectionHandler.getConnectionID(user.id, 'mainUser_authorizedApplications')];
      revoke({
        variables: { input, connections },
        onCompleted: ({ deleteAuthorizedApplication }) => resolve(deleteAuthorizedApplication.errors.map(problemOf)),
        onError: reject,
      });
    });
  const grants = user.authorizedApplications.edges.map(({ node }) => {
    return { id: node.id, applicationId: node.application.id, name: node.application.name };
  });
  return <UserDetail user={user} grants={grants} onSave={save} onRevoke={take} />;
}

function problemOf({
  message,
  path,
}: {
  readonly message?: string;
  readonly path?: readonly string[] | null | undefined;
}): Problem {
  return { message: message ?? 'The server refused.', path };
}

createRoot(document.getElementById('root') ?? document.body).render(
  <RelayEnvironmentProvider environment={environment}>
    <Page>
      <Suspense fallback={<p>Loading…</p>}>
        <Users />
      </Suspense>
    </Page>
  </RelayEnvironmentProvider>,
);
