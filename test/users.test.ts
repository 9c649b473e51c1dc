import { expect, test } from 'vitest';
import { makeUser } from './support/make.js';
import { testApp } from './support/test-app.js';

const CREATE = `mutation ($input: CreateUserInput!) {
  createUser(input: $input) {
    user { id email emailVerified firstName name externalId metadata version createdAt updatedAt }
    errors { __typename ... on MutationError { code path } ... on PasswordError { minimumLength suggestions } }
  }
}`;

test('a user is created with every field', async () => {
  const { client, clock } = await testApp();
  const execute = await client();
  const input = { email: ' Ada@Example.com ', firstName: 'Ada', externalId: 'a-1', metadata: { plan: 'pro' } };
  const { data } = await execute(CREATE, { input: { ...input, password: 'i8uv6g34kd490s' } });
  expect(data.createUser).toEqual({
    user: {
      id: expect.stringMatching(/^user_[0-9A-HJKMNP-TV-Z]{26}$/),
      email: 'Ada@Example.com',
      emailVerified: false,
      firstName: 'Ada',
      name: null,
      externalId: 'a-1',
      metadata: { plan: 'pro' },
      version: 1,
      createdAt: clock.now(),
      updatedAt: clock.now(),
    },
    errors: [],
  });
});
