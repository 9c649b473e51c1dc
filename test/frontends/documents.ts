import { graphql } from './generated';

export const USERS = graphql(`
  query Users($after: String) {
    users(first: 50, after: $after, orderBy: { field: EMAIL, direction: ASC }) {
      edges { cursor node { id email firstName } }
      pageInfo { endCursor hasNextPage hasPreviousPage startCursor }
    }
  }
`);

export const USER = graphql(`
  query User($id: ID!) {
    user(id: $id) {
      id
      email
      firstName
      authorizedApplications(first: 20) {
        nodes { id application { id name } }
      }
    }
  }
`);

export const UPDATE = graphql(`
  mutation UpdateUser($input: UpdateUserInput!) {
    updateUser(input: $input) {
      user { id email firstName }
      errors { __typename ... on MutationError { message path } }
    }
  }
`);

export const REVOKE = graphql(`
  mutation RevokeApplication($input: DeleteAuthorizedApplicationInput!) {
    deleteAuthorizedApplication(input: $input) {
      deletedAuthorizedApplicationId
      errors { __typename ... on MutationError { message path } }
    }
  }
`);
