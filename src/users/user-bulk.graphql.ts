import { InvalidInputError } from '../errors.js';
import { builder, requires } from '../graphql/builder.js';
import { answer, payloadType } from '../graphql/mutation-error.graphql.js';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../idempotency/idempotency.graphql.js';
import { IdempotencyError } from '../idempotency/idempotency.js';
import { BULK_POLICIES, MAX_BULK_USERS, type RowOutcome } from './user-bulk.js';
import { CreateUserInput, CreateUserPayload } from './user-mutations.graphql.js';

const BulkPolicy = builder.enumType('BulkPolicy', {
  description: 'What happens to the good rows of a call that has bad ones too.',
  values: {
    PER_ROW: { description: BULK_POLICIES.PER_ROW },
    ALL_OR_NOTHING: { description: BULK_POLICIES.ALL_OR_NOTHING },
  },
});

const CreateUsersInput = builder.inputType('CreateUsersInput', {
  description: 'New users, made in one commit.',
  fields: (t) => ({
    users: t.field({
      type: [CreateUserInput],
      required: true,
      description: `The users: 1 to ${MAX_BULK_USERS}. Of two that want the same address the first gets it.`,
    }),
    policy: t.field({
      type: BulkPolicy,
      required: true,
      defaultValue: 'PER_ROW',
      description: 'What happens to the good rows when there are bad ones.',
    }),
    idempotencyKey: t.string({
      description: `${IDEMPOTENCY_KEY_DESCRIPTION} With PER_ROW the failed rows are answered again too.`,
    }),
  }),
});

const made = ({ user }: RowOutcome) => user !== null;

const CreateUsersPayload = payloadType<readonly RowOutcome[]>(
  'CreateUsers',
  [InvalidInputError, IdempotencyError],
  (t) => ({
    results: t.field({
      type: [CreateUserPayload],
      nullable: true,
      listSize: { assumedSize: MAX_BULK_USERS },
      description:
        'What became of each row, in their order; null when the call was refused as a whole. Paths of errors begin at the row. A good row that fell with the others has neither user nor errors.',
      resolve: ({ result }) =>
        result?.map(({ user, errors }) => (user ? { result: user, errors: [] } : { result: null, errors })),
    }),
    createdCount: t.int({
      nullable: true,
      description: 'Rows that made a user.',
      resolve: ({ result }) => result?.filter(made).length,
    }),
    failedCount: t.int({
      nullable: true,
      description: 'Rows that made none.',
      resolve: ({ result }) => result && result.length - result.filter(made).length,
    }),
  }),
);

builder.mutationField('createUsers', (t) =>
  t.field({
    type: CreateUsersPayload,
    ...requires('users:write'),
    cost: 100,
    rows: 'users',
    description: 'Creates up to 100 users in one commit, each answered on its own.',
    args: { input: t.arg({ type: CreateUsersInput, required: true, description: 'The new users.' }) },
    resolve: (_, { input }, context) => answer(context, (viewer) => context.services.users.createUsers(viewer, input)),
  }),
);
