import type { OrganizationId, UserId } from '../ids.js';

/** Dotted names, as webhooks carry them (WorkOS contract, section 4; `authorized_application.*` is ours). */
export type EventName =
  | 'application.created'
  | 'authorized_application.created'
  | 'authorized_application.deleted'
  | 'authorized_application.updated'
  | 'email_verification.created'
  | 'organization.created'
  | 'organization_membership.created'
  | 'organization_membership.deleted'
  | 'user.created'
  | 'user.deleted'
  | 'user.updated';

/** What happened, to be appended in the transaction that made it happen. Never holds a code, a password or a hash. */
export interface NewEvent {
  readonly name: EventName;
  readonly userId: UserId | null;
  readonly organizationId: OrganizationId | null;
  /** The object as it is after the change; of a deletion, as it was before. */
  readonly data: object;
  /** The changed fields as they were before; only for updates. */
  readonly previous?: object;
}
