import { authorize } from '../auth/policy.js';
import { isScope, type Scope } from '../auth/scope.js';
import { type Cause, personActor, personOf, type Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import { InvalidInputError, MutationFailure, RequestError } from '../domain/errors.js';
import type { UserId } from '../domain/ids.js';
import type { Environment } from '../environments/environment.js';
import type { EnvironmentService } from '../environments/environment.service.js';
import type { EventLog } from '../events/event.service.js';
import { MAX_PASSWORD_LENGTH } from '../passwords/password.js';
import type { PasswordService } from '../passwords/password.service.js';
import type { PasswordHash } from '../passwords/password-hash.js';
import { addSeconds, type Clock } from '../runtime/clock.js';
import type { StartTimer } from '../runtime/timer.js';
import type { StaffGrantService } from '../staff/staff-grant.service.js';
import { normalizeEmail, type User } from '../users/user.js';
import type { UserUnits } from '../users/user.service.js';
import { authenticationEventData } from './authentication-events.js';
import type { Session } from './session.js';
import type { SessionService } from './session.service.js';
import { type Credentials, InvalidCredentialsError, type Origin } from './sign-in.js';
import { bucketsOf, LONGEST_WINDOW_SECONDS, refusalOf } from './sign-in-attempt.js';
import * as attempts from './sign-in-attempt.store.js';
import { type Steps, startSteps } from './steps.js';

export interface SignedIn {
  readonly user: User;
  readonly session: Session;
}

export interface SignInService {
  /**
   * Creates a session for a user with the correct password. Each attempt is counted before the password is compared,
   * and stays counted. A hash of an imported type is replaced by the current type.
   *
   * @throws {RequestError} FORBIDDEN when the environment does not allow sign-in
   * @throws {MutationFailure} INVALID_CREDENTIALS, TOO_MANY_REQUESTS, or SCOPE_NOT_GRANTED
   */
  authenticateWithPassword(credentials: Credentials, origin: Origin): Promise<SignedIn>;
  /**
   * Changes the password of the signed-in user and revokes their other sessions. The check of the current password is
   * rate limited like a sign-in.
   *
   * @throws {RequestError} FORBIDDEN when the viewer is not a signed-in user
   * @throws {MutationFailure} INVALID_CREDENTIALS, TOO_MANY_REQUESTS, or PASSWORD_… for the new one
   */
  changePassword(viewer: Viewer, current: string, password: string): Promise<User>;
}

/** An attempt with the correct password. `next` replaces a hash of an imported type. */
interface RightAttempt {
  readonly viewer: Viewer;
  readonly user: User;
  readonly hash: PasswordHash;
  readonly next: PasswordHash | null;
  readonly origin: Origin;
}

/** The id of no user. It is looked up when no user has the address, so that both cases run the same statements. */
const NOBODY = 'user_00000000000000000000000000' as UserId; // has the form of one

export function createSignInService(deps: {
  db: Database;
  clock: Clock;
  environments: EnvironmentService;
  events: EventLog;
  passwords: PasswordService;
  sessions: SessionService;
  staff: StaffGrantService;
  users: UserUnits;
  secretKey: string;
  /** Starts the timer that delays failures to fixed steps. */
  startTimer: StartTimer;
}): SignInService {
  const { db, clock, environments, events, passwords, sessions, staff, users, secretKey } = deps;

  /**
   * Counts an attempt in its own transaction, so that it stays counted when the call fails. An attempt that exceeds a
   * limit is not counted in the remaining windows. Otherwise a minute of guessing would lock the owner out for a day.
   */
  async function count({ id }: Pick<Environment, 'id'>, email: string, networkAddress: string | null): Promise<void> {
    const refusal = await db.transaction(id, async (trx) => {
      const now = clock.now();
      await attempts.removeBefore(trx, id, addSeconds(now, -LONGEST_WINDOW_SECONDS));
      for (const bucket of bucketsOf(normalizeEmail(email), networkAddress, secretKey)) {
        const spent = await attempts.spend(trx, id, bucket.bucket, now, addSeconds(now, -bucket.seconds));
        const refusal = refusalOf(bucket, spent.attempts, spent.startedAt, now);
        if (refusal) return refusal;
      }
      return null;
    });
    if (refusal) throw new MutationFailure(refusal);
  }

  async function compare({ id }: Pick<Environment, 'id'>, user: User | null, password: string) {
    const hash = await passwords.find(db.reader, id, user?.id ?? NOBODY);
    const isRight = await passwords.verify(password.length > MAX_PASSWORD_LENGTH ? null : hash, password);
    return isRight ? hash : null;
  }

  function scopesOf(asked: readonly string[], granted: readonly Scope[]): Scope[] {
    const refused = asked.filter((name) => !isScope(name) || !granted.includes(name));
    if (refused.length === 0) return [...new Set(asked)].filter(isScope);
    const message = `Not granted to this user: ${refused.slice(0, 5).join(', ')}. Use "usergraph staff grant".`;
    throw new MutationFailure(new InvalidInputError('SCOPE_NOT_GRANTED', message, ['scopes']));
  }

  /** Stores a successful sign-in. Returns null when the user was deleted or the password has changed meanwhile. */
  async function begin(trx: Transaction, attempt: RightAttempt, asked: readonly string[]): Promise<SignedIn | null> {
    const { viewer, user, hash, next, origin } = attempt;
    const now = clock.now();
    const stored = await passwords.find(trx, viewer.environmentId, user.id);
    if (stored?.hash !== hash.hash) return null;
    const scopes = scopesOf(asked, await staff.scopesOf(trx, viewer.environmentId, user.id));
    if (next) await passwords.put(trx, viewer.environmentId, user.id, next, now);
    const stamped = await users.stampSignIn(trx, viewer, user.id, now);
    const data = authenticationEventData('succeeded', stamped, origin);
    await events.append(trx, viewer, { name: 'authentication.password_succeeded', data });
    return { user: stamped, session: await sessions.begin(trx, viewer, stamped, scopes) };
  }

  async function requireEnvironment(id: string): Promise<Environment> {
    const environment = await environments.findById(id);
    if (environment?.signIn) return environment;
    throw new RequestError(
      'FORBIDDEN',
      'This environment does not allow password sign-in. Enable it with "usergraph environments sign-in".',
    );
  }

  /** Appends the event of a failed attempt and throws the error at the next step. */
  async function refuse(viewer: Viewer | null, user: User | null, origin: Origin, steps: Steps): Promise<never> {
    if (viewer && user) {
      const data = authenticationEventData('failed', user, origin);
      await db.transaction(viewer.environmentId, (trx) =>
        events.append(trx, viewer, { name: 'authentication.password_failed', data }),
      );
    }
    await steps.next();
    throw new MutationFailure(new InvalidCredentialsError());
  }

  async function signIn(environment: Environment, credentials: Credentials, origin: Origin, steps: Steps) {
    const { email, password, scopes } = credentials;
    const user = await users.findByKey(db.reader, environment.id, { email });
    const viewer = user && viewerOf(environment, user, origin);
    const hash = await compare(environment, user, password);
    if (!viewer || !user || !hash) return refuse(viewer, user, origin, steps);
    const next = passwords.isCurrent(hash) ? null : await passwords.toHash({ password });
    const attempt = { viewer, user, hash, next, origin };
    const signedIn = await db.transaction(viewer.environmentId, (trx) => begin(trx, attempt, scopes));
    return signedIn ?? refuse(viewer, user, origin, steps);
  }

  return {
    async authenticateWithPassword(credentials, origin) {
      const environment = await requireEnvironment(credentials.environmentId);
      await count(environment, credentials.email, origin.networkAddress);
      const steps = startSteps(deps.startTimer);
      try {
        return await signIn(environment, credentials, origin, steps);
      } finally {
        steps.stop();
      }
    },

    async changePassword(viewer, current, password) {
      authorize(viewer, 'signIn.changePassword');
      const person = personOf(viewer);
      if (!person) throw new RequestError('FORBIDDEN', 'Only a signed-in user can change their password.');
      const user = await users.require(db.reader, viewer, person);
      const environment = { id: viewer.environmentId };
      await count(environment, user.email, null);
      if (!(await compare(environment, user, current))) {
        throw new MutationFailure(new InvalidCredentialsError(['currentPassword']));
      }
      return users.setPassword(viewer, person, password);
    },
  };
}

function viewerOf({ id }: Environment, user: User, { requestId, api }: Cause): Viewer {
  return { environmentId: id, actor: personActor(user), scopes: [], requestId, api };
}
