import type { Action } from './auth/policy.js';
import type { Services } from './services.js';

/** Name of a method of a service, e.g. `users.updateUser`. */
export type Method = { [S in keyof Services]: `${S}.${Extract<keyof Services[S], string>}` }[keyof Services];

/** Methods that a request may call without a viewer, each with the credential that it verifies instead. */
export const WITHOUT_VIEWER = {
  'signIn.authenticateWithPassword': 'the password',
  'sessions.refresh': 'the refresh token',
  'sessions.revokeByToken': 'the refresh token',
  'sessions.refreshTokenOf': 'the session, which only a sign-in or a refresh returns',
  'accessTokens.issue': 'the session, which only a sign-in or a refresh returns',
} as const satisfies Partial<Record<Method, string>>;

/** Called by commands (`usergraph …`) and by programs that embed the server. Both have access to the database file. */
const OPERATOR = 'a command of the operator';
/** Called before a request is executed, to create its viewer from the credentials. */
const CREDENTIALS = 'creates the viewer';
/** Called by use cases that have already authorized the viewer. */
const UNIT = 'part of a use case';
/** Called by the server itself: background jobs, shutdown and metrics. */
const SERVER = 'internal work of the server';
/** Serves public keys, which need no authorization. */
const KEY_SET = 'serves the public key set';

/**
 * All other methods of the services, each with the reason why it checks no permission. Requests cannot call them,
 * because resolvers receive `UseCases`. A new method must be listed here, in `POLICY` or in `WITHOUT_VIEWER`; otherwise
 * this file does not compile.
 */
export const NOT_FOR_REQUESTS: Readonly<Record<Exclude<Method, Action | keyof typeof WITHOUT_VIEWER>, string>> = {
  'apiKeys.create': OPERATOR,
  'apiKeys.list': OPERATOR,
  'apiKeys.revoke': OPERATOR,
  'apiKeys.rotate': OPERATOR,
  'environments.create': OPERATOR,
  'environments.ensure': OPERATOR,
  'environments.findByName': OPERATOR,
  'environments.setSignIn': OPERATOR,
  'events.startEpoch': OPERATOR,
  'events.startOf': OPERATOR,
  'importRuns.beginImport': OPERATOR,
  'importRuns.importBatches': OPERATOR,
  'issuers.add': OPERATOR,
  'issuers.list': OPERATOR,
  'issuers.remove': OPERATOR,
  'mails.list': OPERATOR,
  'mails.retry': OPERATOR,
  'samples.seed': OPERATOR,
  'signingKeys.rotate': OPERATOR,
  'staff.grant': OPERATOR,
  'staff.list': OPERATOR,
  'staff.revoke': OPERATOR,

  'accessTokens.authenticate': CREDENTIALS,
  'apiKeys.authenticate': CREDENTIALS,
  'authentication.authenticate': CREDENTIALS,
  'issuers.findByIssuer': CREDENTIALS,
  'sessions.findActive': CREDENTIALS,
  'sessions.grantedNow': CREDENTIALS,
  'signingKeys.find': CREDENTIALS,
  'staff.scopesOf': CREDENTIALS,

  'environments.findById': KEY_SET,
  'environments.page': KEY_SET,
  'signingKeys.list': KEY_SET,

  'applications.find': UNIT,
  'environments.current': UNIT,
  'events.countAfter': UNIT,
  'events.lastOf': UNIT,
  'events.readAfter': UNIT,
  'events.resume': UNIT,
  'mails.enqueueCode': UNIT,
  'mails.enqueueNotice': UNIT,
  'organizations.find': UNIT,
  'sessions.begin': UNIT,
  'signingKeys.signer': UNIT,

  'eventErasure.eraseDeleted': SERVER,
  'eventErasure.start': SERVER,
  'eventErasure.stop': SERVER,
  'eventRetention.removeOld': SERVER,
  'eventRetention.start': SERVER,
  'eventRetention.stop': SERVER,
  'eventStreams.close': SERVER,
  'eventStreams.count': SERVER,
  'mailWorker.committed': SERVER,
  'mailWorker.deliverDue': SERVER,
  'mailWorker.stop': SERVER,
  'passwords.waiting': SERVER,
  'webhookWorker.deliverDue': SERVER,
  'webhookWorker.stop': SERVER,
};

/** The methods of a service that are listed in `POLICY` or `WITHOUT_VIEWER`. */
type UseCasesOf<S extends keyof Services> = {
  [M in keyof Services[S] as `${S}.${Extract<M, string>}` extends Action | keyof typeof WITHOUT_VIEWER
    ? M
    : never]: Services[S][M];
};

/** The services with the methods that a request may call. */
export type UseCases = { readonly [S in keyof Services]: UseCasesOf<S> };
