import type * as operations from './operations.generated.js';

/** A GraphQL document with the types of its variables and result. `types` exists at compile time only. */
export interface Document<Result, Variables> {
  readonly text: string;
  readonly types?: (variables: Variables) => Result;
}

const document = <Result, Variables>(text: string): Document<Result, Variables> => ({ text });

/** Gets a user by id. Returns null when no user has this id. */
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

/** Gets a user by address, ignoring letter case and the spelling of the domain. Returns null when no user has it. */
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

/** Lists users, newest first. Pass `pageInfo.endCursor` as `after` to get the next page. */
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

/** Creates a user. `errors` contains every problem of the input. */
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

/** Updates a user. A field that is omitted is not changed; null clears a field. */
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

/** Deletes a user permanently. */
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

/** Sends a verification code to a user's address. */
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

/** Verifies a user's address with the code that was sent to it. */
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

/** Revokes the access of an application to a user. */
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

/** Lists the events after a cursor, oldest first. */
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
