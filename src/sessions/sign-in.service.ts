import { isScope, type Scope } from '../auth/scope.js';
import { personActor, personOf, type Viewer } from '../auth/viewer.js';
import { addSeconds, type Clock } from '../clock.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import type { Environment } from '../environments/environment.js';
import type { EnvironmentService } from '../environments/environment.service.js';
import { InvalidInputError, MutationFailure, RequestError } from '../errors.js';
import type { EventLog } from '../events/event.service.js';
import type { UserId } from '../ids.js';
import { MAX_PASSWORD_LENGTH } from '../passwords/password.js';
import type { PasswordService } from '../passwords/password.service.js';
import type { PasswordHash } from '../passwords/password-hash.js';
import type { StaffGrantService } from '../staff/staff-grant.service.js';
import { normalizeEmail, type User } from '../users/user.js';
import type { UserService } from '../users/user.service.js';
import { type Pace, type Steps, startSteps } from './pace.js';
import type { Session } from './session.js';
import type { SessionService } from './session.service.js';
import { authenticationEvent, type Credentials, InvalidCredentialsError, type Origin } from './sign-in.js';
import { bucketsOf, LONGEST_WINDOW_SECONDS, refusalOf } from './sign-in-attempt.js';
import * as attempts from './sign-in-attempt.store.js';

export interface SignedIn {
  readonly user: User;
  readonly session: Session;
}

export interface SignInService {
  /**
   * Begins a session for who knows the password. An attempt is counted before anything is compared, and stays counted.
   * A hash from elsewhere is replaced by one of our own on the way.
   *
   * @throws {RequestError} FORBIDDEN where sign-in is off
   * @throws {MutationFailure} INVALID_CREDENTIALS, TOO_MANY_REQUESTS, or SCOPE_NOT_GRANTED
   */
  authenticateWithPassword(credentials: Credentials, origin: Origin): Promise<SignedIn>;
  /**
   * Gives the person who asks another password, for the one they have; their other sessions end. The one they have is
   * tried as in a sign-in, and counted.
   *
   * @throws {RequestError} FORBIDDEN when it is no person who asks
   * @throws {MutationFailure} INVALID_CREDENTIALS, TOO_MANY_REQUESTS, or PASSWORD_… for the new one
   */
  changePassword(viewer: Viewer, current: string, password: string): Promise<User>;
}

/** Whose password was right, and what is stored in the place of a hash from elsewhere. */
interface RightAttempt {
  readonly viewer: Viewer;
  readonly user: User;
  readonly hash: PasswordHash;
  readonly next: PasswordHash | null;
  readonly origin: Origin;
}

/** A user that is nobody: looked up in the place of one who is not there, so that both take the same statements. */
const NOBODY = 'user_00000000000000000000000000' as UserId; // has the form of one

export function createSignInService(deps: {
  db: Database;
  clock: Clock;
  environments: EnvironmentService;
  events: EventLog;
  passwords: PasswordService;
  sessions: SessionService;
  staff: StaffGrantService;
  users: UserService;
  secretKey: string;
  /** Begins the steps in which refusals leave. */
  pace: Pace;
}): SignInService {
  const { db, clock, environments, events, passwords, sessions, staff, users, secretKey } = deps;

  /**
   * In a unit of its own: it stays counted whatever becomes of the call. One that is refused counts in no window after
   * that one, else a minute of guessing would shut the owner out for a day.
   */
  async function count({ id }: Pick<Environment, 'id'>, email: string, networkAddress: string | null): Promise<void> {
    const refusal = await db.transaction(async (trx) => {
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
    const message = `Not granted to this user: ${refused.slice(0, 5).join(', ')}. "usergraph staff grant" grants scopes.`;
    throw new MutationFailure(new InvalidInputError('SCOPE_NOT_GRANTED', message, ['scopes']));
  }

  /** Everything that is written when the password was right; null when user or password are other ones by now. */
  async function begin(trx: Transaction, attempt: RightAttempt, asked: readonly string[]): Promise<SignedIn | null> {
    const { viewer, user, hash, next, origin } = attempt;
    const now = clock.now();
    const stored = await passwords.find(trx, viewer.environmentId, user.id);
    if (stored?.hash !== hash.hash) return null;
    const scopes = scopesOf(asked, await staff.scopesOf(trx, viewer.environmentId, user.id));
    if (next) await passwords.put(trx, viewer.environmentId, user.id, next, now);
    const stamped = await users.stampSignIn(trx, viewer, user.id, now);
    await events.append(trx, viewer, authenticationEvent('succeeded', stamped, origin));
    return { user: stamped, session: await sessions.begin(trx, viewer, stamped, scopes) };
  }

  async function requireEnvironment(id: string): Promise<Environment> {
    const environment = await environments.findById(id);
    if (environment?.signIn) return environment;
    throw new RequestError(
      'FORBIDDEN',
      'Nobody signs in here with a password: the operator allows it with "usergraph environments sign-in".',
    );
  }

  /** Writes down that a password was wrong, and lets the refusal leave with the next step. */
  async function refuse(viewer: Viewer | null, user: User | null, origin: Origin, steps: Steps): Promise<never> {
    if (viewer && user) {
      await db.transaction((trx) => events.append(trx, viewer, authenticationEvent('failed', user, origin)));
    }
    await steps.next();
    throw new MutationFailure(new InvalidCredentialsError());
  }

  async function signIn(environment: Environment, credentials: Credentials, origin: Origin, steps: Steps) {
    const { email, password, scopes } = credentials;
    const user = await users.findByKey(db.reader, environment.id, { email });
    const viewer = user && viewerOf(environment, user, origin.requestId);
    const hash = await compare(environment, user, password);
    if (!viewer || !user || !hash) return refuse(viewer, user, origin, steps);
    const next = passwords.isCurrent(hash) ? null : await passwords.toHash({ password });
    const attempt = { viewer, user, hash, next, origin };
    const signedIn = await db.transaction((trx) => begin(trx, attempt, scopes));
    return signedIn ?? refuse(viewer, user, origin, steps);
  }

  return {
    async authenticateWithPassword(credentials, origin) {
      const environment = await requireEnvironment(credentials.environmentId);
      await count(environment, credentials.email, origin.networkAddress);
      const steps = startSteps(deps.pace);
      try {
        return await signIn(environment, credentials, origin, steps);
      } finally {
        steps.stop();
      }
    },

    async changePassword(viewer, current, password) {
      const person = personOf(viewer);
      if (!person) throw new RequestError('FORBIDDEN', 'A password is changed by the person who signed in.');
      const user = await users.require(db.reader, viewer, person);
      const environment = { id: viewer.environmentId };
      await count(environment, user.email, null);
      if (!(await compare(environment, user, current))) {
        throw new MutationFailure(new InvalidCredentialsError(['currentPassword']));
      }
      return users.updateUser(viewer, person, { password });
    },
  };
}

function viewerOf({ id }: Environment, user: User, requestId: string): Viewer {
  return { environmentId: id, actor: personActor(user), scopes: [], requestId };
}
