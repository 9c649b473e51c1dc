import { VerificationCodeError } from '../../one-time-codes/one-time-code.js';
import { builder } from '../builder/builder.js';
import { MutationError } from '../builder/mutation-error.graphql.js';

builder.objectType(VerificationCodeError, {
  name: 'VerificationCodeError',
  description: 'The code is incorrect, expired or already used, or there is no pending email change.',
  interfaces: [MutationError],
  fields: (t) => ({
    attemptsRemaining: t.exposeInt('attemptsRemaining', {
      nullable: true,
      description: 'The number of attempts left for the newest code. Null if there is no valid code.',
    }),
  }),
});
