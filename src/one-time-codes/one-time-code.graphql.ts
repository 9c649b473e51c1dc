import { builder } from '../graphql/builder.js';
import { MutationError } from '../graphql/mutation-error.graphql.js';
import { VerificationCodeError } from './one-time-code.js';

builder.objectType(VerificationCodeError, {
  name: 'VerificationCodeError',
  description: 'The code does not do what it was given for.',
  interfaces: [MutationError],
  fields: (t) => ({
    attemptsRemaining: t.exposeInt('attemptsRemaining', {
      nullable: true,
      description: 'Guesses left for the newest code; null when no code is waiting.',
    }),
  }),
});
