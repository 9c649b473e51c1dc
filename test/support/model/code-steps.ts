import fc from 'fast-check';
import { expect } from 'vitest';
import { codeIn } from '../test-app.js';
import { isEmail, type Model, type ModelCode, type ModelUser, normal, type Purpose } from './model.js';
import { mutate, nth, type Real, Step } from './step.js';
import { NOBODY } from './user-steps.js';

const TTL_SECONDS = 600;
const MAX_ATTEMPTS = 5;
const which = fc.nat(20);

/** Puts down the code that the newest mail brought. */
function sent(model: Model, { mails }: Real, userId: string, purpose: Purpose, email: string): void {
  const before = model.newestCode(userId, purpose);
  if (before) before.isNewest = false;
  const digits = codeIn(mails.at(-1));
  const made = { userId, purpose, email, digits, sentAt: model.now, attempts: 0, isUsed: false, isNewest: true };
  model.codes.push(made);
}

const sendVerificationEmail = which.map(
  (number) =>
    new Step('sendVerificationEmail', number, async (model, real) => {
      const user = nth(model.users.values(), number);
      const { codes } = await mutate(real, 'sendVerificationEmail', 'user { id }', { userId: user?.id ?? NOBODY });
      if (!user) {
        expect(codes).toEqual(['USER_NOT_FOUND']);
        return;
      }
      const refusal = user.emailVerified ? 'EMAIL_ALREADY_VERIFIED' : model.rateLimitErrorOf(user.id, user.email);
      expect(codes).toEqual(refusal === null ? [] : [refusal]);
      if (refusal !== null) return;
      expect(real.mails.at(-1)?.to).toBe(user.email);
      sent(model, real, user.id, 'verification', user.email);
      model.happened(['email_verification.created', user.id]);
    }),
);

/** What a caller guesses: the newest code, one that was sent before, none of them, or a text that cannot be a code. */
const guesses = fc.constantFrom('newest', 'newest', 'newest', 'older', 'wrong', 'malformed');
type Guess = 'newest' | 'older' | 'wrong' | 'malformed';
/** One in a million is right. */
const WRONG = '000000';

function digitsOf(model: Model, userId: string, purpose: Purpose, guess: Guess): string {
  const codes = model.codes.filter((code) => code.userId === userId && code.purpose === purpose);
  const code = guess === 'newest' ? codes.at(-1) : guess === 'older' ? codes.at(-2) : undefined;
  return code?.digits ?? WRONG;
}

function pasted(digits: string, guess: Guess): string {
  return guess === 'malformed' ? digits.slice(1) : ` ${digits.slice(0, 3)} ${digits.slice(3)}\n`;
}

/** Counts the guess, and says why it is none; null when it is right. */
function guessed(model: Model, code: ModelCode, digits: string): string | null {
  if (code.attempts >= MAX_ATTEMPTS) return 'TOO_MANY_REQUESTS';
  code.attempts++;
  if (code.digits !== digits) return 'VERIFICATION_CODE_INCORRECT';
  if (code.isUsed) return 'VERIFICATION_CODE_ALREADY_USED';
  return code.sentAt + TTL_SECONDS <= model.now ? 'VERIFICATION_CODE_EXPIRED' : null;
}

function refusalOfVerification(model: Model, user: ModelUser, digits: string): string | null {
  const code = model.newestCode(user.id, 'verification');
  const spent = code ? guessed(model, code, digits) : 'VERIFICATION_CODE_INCORRECT';
  // A code is of the address it was sent to: of a later one it is no code, whatever became of it.
  const isOfAnother = code !== undefined && normal(code.email) !== normal(user.email);
  const refusal = isOfAnother && spent !== 'TOO_MANY_REQUESTS' ? 'VERIFICATION_CODE_INCORRECT' : spent;
  if (!user.emailVerified) return refusal;
  return refusal === 'VERIFICATION_CODE_ALREADY_USED' ? refusal : 'EMAIL_ALREADY_VERIFIED';
}

const verifyEmail = fc.tuple(which, guesses).map(
  ([number, guess]) =>
    new Step('verifyEmail', { number, guess }, async (model, real) => {
      const user = nth(model.users.values(), number);
      const digits = user ? digitsOf(model, user.id, 'verification', guess) : WRONG;
      const input = { userId: user?.id ?? NOBODY, code: pasted(digits, guess) };
      const { codes } = await mutate(real, 'verifyEmail', 'user { id }', input);
      if (guess === 'malformed') {
        expect(codes).toEqual(['INVALID_INPUT']);
        return;
      }
      if (!user) {
        expect(codes).toEqual(['USER_NOT_FOUND']);
        return;
      }
      const refusal = refusalOfVerification(model, user, digits);
      expect(codes).toEqual(refusal === null ? [] : [refusal]);
      if (refusal !== null) return;
      const code = model.newestCode(user.id, 'verification');
      if (code) code.isUsed = true;
      model.changeUser(user, { emailVerified: true });
    }),
);

const addresses = fc.constantFrom('new@example.com', 'NEW@example.com', 'ada@example.com', 'nobody');

const sendEmailChange = fc.tuple(which, addresses).map(
  ([number, newEmail]) =>
    new Step('sendEmailChange', { number, newEmail }, async (model, real) => {
      const user = nth(model.users.values(), number);
      const input = { userId: user?.id ?? NOBODY, newEmail };
      const { codes } = await mutate(real, 'sendEmailChange', 'newEmail', input);
      const refusal = refusalOfChange(model, user, newEmail);
      expect(codes).toEqual(refusal === null ? [] : [refusal]);
      if (refusal !== null || !user) return;
      expect(real.mails.at(-1)?.to).toBe(newEmail);
      sent(model, real, user.id, 'change', newEmail);
    }),
);

function refusalOfChange(model: Model, user: ModelUser | undefined, newEmail: string): string | null {
  if (!user) return 'USER_NOT_FOUND';
  if (!isEmail(newEmail)) return 'INVALID_EMAIL';
  if (normal(newEmail) === normal(user.email)) return 'EMAIL_CHANGE_NOT_NEEDED';
  return model.userByEmail(newEmail) ? 'EMAIL_NOT_AVAILABLE' : model.rateLimitErrorOf(user.id, newEmail);
}

const confirmEmailChange = fc.tuple(which, guesses).map(
  ([number, guess]) =>
    new Step('confirmEmailChange', { number, guess }, async (model, real) => {
      const user = nth(model.users.values(), number);
      const digits = user ? digitsOf(model, user.id, 'change', guess) : WRONG;
      const input = { userId: user?.id ?? NOBODY, code: pasted(digits, guess) };
      const { codes } = await mutate(real, 'confirmEmailChange', 'user { id }', input);
      if (guess === 'malformed') {
        expect(codes).toEqual(['INVALID_INPUT']);
        return;
      }
      if (!user) {
        expect(codes).toEqual(['USER_NOT_FOUND']);
        return;
      }
      const code = model.newestCode(user.id, 'change');
      const refusal = code ? guessed(model, code, digits) : 'NO_PENDING_EMAIL_CHANGE';
      const isTaken = code !== undefined && model.userByEmail(code.email) !== undefined;
      const wanted = refusal ?? (isTaken ? 'EMAIL_NOT_AVAILABLE' : null);
      expect(codes).toEqual(wanted === null ? [] : [wanted]);
      if (wanted !== null || !code) return;
      code.isUsed = true;
      model.changeUser(user, { email: code.email, emailVerified: true });
    }),
);

/** Past the minute of a flood, or past the life of a code. */
const time = fc.constantFrom(61, 601).map(
  (seconds) =>
    new Step(null, seconds, async (model, { clock }) => {
      clock.advance(seconds);
      model.now += seconds;
    }),
);

export const codeSteps = [
  sendVerificationEmail,
  sendVerificationEmail,
  verifyEmail,
  verifyEmail,
  sendEmailChange,
  confirmEmailChange,
  time,
];
