/**
 * @generated SignedSource<<265159fec77d760a1c082c586f91ea84>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type DeleteAuthorizedApplicationInput = {
  applicationId: string;
  userId: string;
};
export type mainRevokeMutation$variables = {
  connections: ReadonlyArray<string>;
  input: DeleteAuthorizedApplicationInput;
};
export type mainRevokeMutation$data = {
  readonly deleteAuthorizedApplication: {
    readonly deletedAuthorizedApplicationId: string | null | undefined;
    readonly errors: ReadonlyArray<{
      readonly __typename: string;
      readonly message?: string;
      readonly path?: ReadonlyArray<string> | null | undefined;
    }>;
  };
};
export type mainRevokeMutation = {
  response: mainRevokeMutation$data;
  variables: mainRevokeMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "connections"
},
v1 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "input"
},
v2 = [
  {
    "kind": "Variable",
    "name": "input",
    "variableName": "input"
  }
],
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "deletedAuthorizedApplicationId",
  "storageKey": null
},
v4 = {
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
};
return {
  "fragment": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/)
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "mainRevokeMutation",
    "selections": [
      {
        "alias": null,
        "args": (v2/*:: as any*/),
        "concreteType": "DeleteAuthorizedApplicationPayload",
        "kind": "LinkedField",
        "name": "deleteAuthorizedApplication",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          (v4/*:: as any*/)
        ],
        "storageKey": null
      }
    ],
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [
      (v1/*:: as any*/),
      (v0/*:: as any*/)
    ],
    "kind": "Operation",
    "name": "mainRevokeMutation",
    "selections": [
      {
        "alias": null,
        "args": (v2/*:: as any*/),
        "concreteType": "DeleteAuthorizedApplicationPayload",
        "kind": "LinkedField",
        "name": "deleteAuthorizedApplication",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "filters": null,
            "handle": "deleteEdge",
            "key": "",
            "kind": "ScalarHandle",
            "name": "deletedAuthorizedApplicationId",
            "handleArgs": [
              {
                "kind": "Variable",
                "name": "connections",
                "variableName": "connections"
              }
            ]
          },
          (v4/*:: as any*/)
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "2d6b5db3e64937f272d1089f2864e2f2",
    "id": null,
    "metadata": {},
    "name": "mainRevokeMutation",
    "operationKind": "mutation",
    "text": "mutation mainRevokeMutation(\n  $input: DeleteAuthorizedApplicationInput!\n) {\n  deleteAuthorizedApplication(input: $input) {\n    deletedAuthorizedApplicationId\n    errors {\n      __typename\n      ... on MutationError {\n        __isMutationError: __typename\n        message\n        path\n      }\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "05ccf2afa20fc98454e7cd5922608f80";

export default node;
