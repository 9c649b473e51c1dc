import type * as operations from './operations.generated.js';

/** A document, and what it takes and answers; the types are of the compiler alone. */
export interface Document<Result, Variables> {
  readonly text: string;
  readonly types?: (variables: Variables) => Result;
}

const document = <Result, Variables>(text: string): Document<Result, Variables> => ({ text });

/** One user by id; null when there is none. */
export const getUser = document<operations.GetUserQuery, operations.GetUserQueryVariables>(/* GraphQL */ `
  query GetUser($id: ID!) {
    user(id: $id) {
      id
      email
      emailVerified
      firstName
      lastName
      name
      locale
      externalId
      metadata
      version
      lastSignInAt
      createdAt
      updatedAt
    }
  }
`);

/** One user by address, in any letter case and spelling of its domain; null when there is none. */
export const getUserByEmail = document<operations.GetUserByEmailQuery, operations.GetUserByEmailQueryVariables>(
  /* GraphQL */ `
  query GetUserByEmail($email: String!) {
    userByEmail(email: $email) {
      id
      email
      emailVerified
      firstName
      lastName
      name
      locale
      externalId
      metadata
      version
      lastSignInAt
      createdAt
      updatedAt
    }
  }
`,
);

/** A page of users, newest first; the next one is after `pageInfo.endCursor`. */
export const listUsers = document<operations.ListUsersQuery, operations.ListUsersQueryVariables>(/* GraphQL */ `
  query ListUsers($first: Int, $after: String, $filter: UserFilter, $search: String) {
    users(first: $first, after: $after, filter: $filter, search: $search) {
      nodes {
        id
        email
        emailVerified
        firstName
        lastName
        name
        externalId
        metadata
        createdAt
        updatedAt
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

/** Creates a user, or says everything that is wrong with the input. */
export const createUser = document<operations.CreateUserMutation, operations.CreateUserMutationVariables>(
  /* GraphQL */ `
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) {
      user {
        id
        email
        version
      }
      errors {
        __typename
        ... on MutationError {
          code
          message
          path
        }
      }
    }
  }
`,
);

/** Changes a user: a field left out stays, one set to null is cleared. */
export const updateUser = document<operations.UpdateUserMutation, operations.UpdateUserMutationVariables>(
  /* GraphQL */ `
  mutation UpdateUser($input: UpdateUserInput!) {
    updateUser(input: $input) {
      user {
        id
        email
        version
      }
      errors {
        __typename
        ... on MutationError {
          code
          message
          path
        }
      }
    }
  }
`,
);

/** Removes a user for good. */
export const deleteUser = document<operations.DeleteUserMutation, operations.DeleteUserMutationVariables>(
  /* GraphQL */ `
  mutation DeleteUser($input: DeleteUserInput!) {
    deleteUser(input: $input) {
      deletedUserId
      errors {
        __typename
        ... on MutationError {
          code
          message
          path
        }
      }
    }
  }
`,
);

/** Mails a code to a user's address. */
export const sendVerificationEmail = document<
  operations.SendVerificationEmailMutation,
  operations.SendVerificationEmailMutationVariables
>(/* GraphQL */ `
  mutation SendVerificationEmail($input: SendVerificationEmailInput!) {
    sendVerificationEmail(input: $input) {
      emailVerification {
        id
        expiresAt
      }
      errors {
        __typename
        ... on MutationError {
          code
          message
        }
        ... on RateLimitedError {
          retryAfterSeconds
        }
      }
    }
  }
`);

/** Verifies a user's address with the code that was mailed to it. */
export const verifyEmail = document<operations.VerifyEmailMutation, operations.VerifyEmailMutationVariables>(
  /* GraphQL */ `
  mutation VerifyEmail($input: VerifyEmailInput!) {
    verifyEmail(input: $input) {
      user {
        id
        emailVerified
      }
      errors {
        __typename
        ... on MutationError {
          code
          message
        }
      }
    }
  }
`,
);

/** Takes an application's access to a user back. */
export const deleteAuthorizedApplication = document<
  operations.DeleteAuthorizedApplicationMutation,
  operations.DeleteAuthorizedApplicationMutationVariables
>(/* GraphQL */ `
  mutation DeleteAuthorizedApplication($input: DeleteAuthorizedApplicationInput!) {
    deleteAuthorizedApplication(input: $input) {
      deletedAuthorizedApplicationId
      errors {
        __typename
        ... on MutationError {
          code
          message
        }
      }
    }
  }
`);

/** The event log from a cursor on, oldest first. */
export const listEvents = document<operations.ListEventsQuery, operations.ListEventsQueryVariables>(/* GraphQL */ `
  query ListEvents($first: Int, $after: String) {
    events(first: $first, after: $after) {
      nodes {
        __typename
        id
        name
        createdAt
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);
