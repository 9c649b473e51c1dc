import { EVENTS, type EventTypename, type LoggedEvent } from './event.js';

/** What stands in the place of a text that told who somebody was. */
export const ERASED = 'erased';

const OF_USER = ['id', 'emailVerified', 'version', 'createdAt', 'updatedAt'];

/** What is erased of an event. */
type Erasable = Pick<LoggedEvent, 'data' | 'previous'>;

/**
 * Of the events of a user the fields that do not tell who they were: ids, times and states. Whatever else is in an
 * event goes, also what a later version puts into it. Events that are of no user have none of theirs.
 */
const KEPT: Partial<Record<EventTypename, readonly string[]>> = {
  UserCreatedEvent: OF_USER,
  UserUpdatedEvent: OF_USER,
  UserDeletedEvent: OF_USER,
  EmailVerificationCreatedEvent: ['id', 'userId', 'expiresAt', 'createdAt'],
  AuthenticationEvent: ['type', 'status', 'userId'],
  StaffGrantEvent: ['userId', 'scopes', 'createdAt'],
  SessionEvent: ['id', 'userId', 'scopes', 'createdAt', 'expiresAt', 'revokedAt'],
  AuthorizedApplicationEvent: ['id', 'userId', 'applicationId', 'grantedScopes', 'createdAt'],
  OrganizationMembershipEvent: ['id', 'userId', 'organizationId', 'status', 'roles', 'createdAt', 'updatedAt'],
};

/** An event of a user without what tells who they were; of a change still which fields it was of. */
export function withoutPerson({ name, data, previous }: LoggedEvent): Erasable {
  const kept = KEPT[EVENTS[name].type] ?? [];
  const erase = (fields: LoggedEvent['data'], inPlaceOf: (field: string) => unknown) =>
    Object.fromEntries(
      Object.entries(fields).map(([field, value]) => [field, kept.includes(field) ? value : inPlaceOf(field)]),
    );
  return {
    // What the graph promises is there stays something.
    data: erase(data, (field) => (field === 'email' ? ERASED : field === 'metadata' ? {} : null)),
    previous: previous && erase(previous, () => null),
  };
}
