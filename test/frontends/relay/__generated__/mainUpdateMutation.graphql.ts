/**
 * @generated SignedSource<<78a8ab0a6f1697d45c48ccafb6159ee3>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type PasswordHashType = "ARGON2" | "BCRYPT" | "FIREBASE_SCRYPT" | "PBKDF2" | "SCRYPT" | "SSHA" | "SSHA256" | "%future added value";
export type PasswordSaltPosition = "PREFIX" | "SUFFIX" | "%future added value";
export type UpdateUserInput = {
  email?: string | null | undefined;
  emailVerified?: boolean | null | undefined;
  expectedVersion?: number | null | undefined;
  externalId?: string | null | undefined;
  firstName?: string | null | undefined;
  id: string;
  lastName?: string | null | undefined;
  locale?: string | null | undefined;
  metadata?: any | null | undefined;
  name?: string | null | undefined;
  password?: string | null | undefined;
  passwordHash?: string | null | undefined;
  passwordHashType?: PasswordHashType | null | undefined;
  passwordSaltPosition?: PasswordSaltPosition | null | undefined;
};
export type mainUpdateMutation$variables = {
  input: UpdateUserInput;
};
export type mainUpdateMutation$data = {
  readonly updateUser: {
    readonly errors: ReadonlyArray<{
      readonly __typename: string;
      readonly message?: string;
      readonly path?: ReadonlyArray<string> | null | undefined;
    }>;
    readonly user: {
      readonly email: string;
      readonly firstName: string | null | undefined;
      readonly id: string;
    } | null | undefined;
  };
};
export type mainUpdateMutation = {
  response: mainUpdateMutation$data;
  variables: mainUpdateMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "input"
  }
],
v1 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "input",
        "variableName": "input"
      }
    ],
    "concreteType": "UpdateUserPayload",
    "kind": "LinkedField",
    "name": "updateUser",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "concreteType": "User",
        "kind": "LinkedField",
        "name": "user",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "id",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "email",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "firstName",
            "storageKey": null
          }
        ],
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "concreteType": null,
        "kind": "LinkedField",
        "name": "errors",
        "plural": true,
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "__typename",
            "storageKey": null
          },
          {
            "kind": "InlineFragment",
            "selections": [
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "message",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "path",
                "storageKey": null
              }
            ],
            "type": "MutationError",
            "abstractKey": "__isMutationError"
          }
        ],
        "storageKey": null
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "mainUpdateMutation",
    "selections": (v1/*:: as any*/),
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "mainUpdateMutation",
    "selections": (v1/*:: as any*/)
  },
  "params": {
    "cacheID": "aa431d2c279aaf9e4df4fdbb08dfc7ea",
    "id": null,
    "metadata": {},
    "name": "mainUpdateMutation",
    "operationKind": "mutation",
    "text": "mutation mainUpdateMutation(\n  $input: UpdateUserInput!\n) {\n  updateUser(input: $input) {\n    user {\n      id\n      email\n      firstName\n    }\n    errors {\n      __typename\n      ... on MutationError {\n        __isMutationError: __typename\n        message\n        path\n      }\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "c5532a8fd5301eb9c9498d53f8601020";

export default node;
