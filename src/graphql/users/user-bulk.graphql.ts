import { InvalidInputError } from '../../domain/errors.js';
import { IdempotencyError } from '../../idempotency/idempotency.js';
import { BULK_POLICIES, MAX_BULK_USERS, type RowOutcome } from '../../users/user-bulk.js';
import { builder, requires } from '../builder/builder.js';
import { answer, payloadType } from '../builder/mutation-error.graphql.js';
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../idempotency/idempotency.graphql.js';
import { CreateUserInput, CreateUserPayload } from './user-mutations.graphql.js';

const BulkPolicy = builder.enumType('BulkPolicy', {
  description: 'How createUsers treats valid rows when other rows are invalid.',
  values: {
    PER_ROW: { description: BULK_POLICIES.PER_ROW },
    ALL_OR_NOTHING: { description: BULK_POLICIES.ALL_OR_NOTHING },
  },
});

const CreateUsersInput = builder.inputType('CreateUsersInput', {
  description: 'Input for createUsers.',
  fields: (t) => ({
    users: t.field({
      type: [CreateUserInput],
      required: true,
      description: [
        `The users to create, from 1 to ${MAX_BULK_USERS}. If several rows have the same email address, only the`,
        'first one can succeed.',
      ].join(' '),
    }),
    policy: t.field({
      type: BulkPolicy,
      required: true,
      defaultValue: 'PER_ROW',
      description: 'How to treat valid rows when other rows are invalid.',
    }),
    idempotencyKey: t.string({
      description: `${IDEMPOTENCY_KEY_DESCRIPTION} With PER_ROW, the result includes the failed rows.`,
    }),
  }),
});

const isCreated = ({ user }: RowOutcome) => user !== null;

const CreateUsersPayload = payloadType<readonly RowOutcome[]>(
  'CreateUsers',
  [InvalidInputError, IdempotencyError],
  (t) => ({
    results: t.field({
      type: [CreateUserPayload],
      nullable: true,
      listSize: { assumedSize: MAX_BULK_USERS },
      description: [
        'The result of each row, in the order of the input. Null if the whole call failed. The path of an error is',
        'relative to its row. A valid row that was not created because of other rows has neither a user nor',
        'errors.',
      ].join(' '),
      resolve: ({ result }) =>
        result?.map(({ user, errors }) => (user ? { result: user, errors: [] } : { result: null, errors })),
    }),
    createdCount: t.int({
      nullable: true,
      description: 'The number of rows that created a user.',
      resolve: ({ result }) => result?.filter(isCreated).length,
    }),
    failedCount: t.int({
      nullable: true,
      description: 'The number of rows that did not create a user.',
      resolve: ({ result }) => result && result.length - result.filter(isCreated).length,
    }),
  }),
);

builder.mutationField('createUsers', (t) =>
  t.field({
    type: CreateUsersPayload,
    ...requires('users.createUsers'),
    cost: 100,
    rows: 'users',
    description: 'Creates up to 100 users in one transaction, with a result for each.',
    args: { input: t.arg({ type: CreateUsersInput, required: true, description: 'Parameters for createUsers.' }) },
    resolve: (_, { input }, context) => answer(context, (viewer) => context.services.users.createUsers(viewer, input)),
  }),
);
