import { expect } from 'vitest';
import { makeUser } from '../make.js';
import type { Execute } from '../test-app.js';

export const SEND = `mutation ($id: ID!) {
  sendVerificationEmail(input: { userId: $id }) { emailVerification { id } errors { ... on MutationError { code } } }
}`;
export const DELIVERY = `query ($id: ID!) {
  emailVerification(id: $id) { delivery { state attempts error nextAttemptAt sentAt } }
}`;

let people = 0;
/** A new user is sent a code; answers the id of the verification. */
export async function send(execute: Execute, email = `person${++people}@example.com`): Promise<string> {
  const { data } = await execute(SEND, { id: await makeUser(execute, { email }) });
  expect(data.sendVerificationEmail.errors).toEqual([]);
  return data.sendVerificationEmail.emailVerification.id;
}

export async function delivery(execute: Execute, id: string) {
  return (await execute(DELIVERY, { id })).data.emailVerification.delivery;
}
