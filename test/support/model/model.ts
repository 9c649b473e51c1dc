/**
 * What the service should be, as plainly as it can be said: maps and lists in memory, and the rules of the contract.
 * Written from the contract and the documentation, not from the code it is held against.
 */

export interface ModelUser {
  readonly id: string;
  email: string;
  emailVerified: boolean;
  firstName: string | null;
  locale: string | null;
  externalId: string | null;
  metadata: Record<string, string>;
  version: number;
}

export interface ModelOrganization {
  readonly id: string;
  name: string;
  externalId: string | null;
  metadata: Record<string, string>;
}

export interface ModelMembership {
  readonly id: string;
  readonly userId: string;
  readonly organizationId: string;
  status: 'ACTIVE' | 'INACTIVE';
  roles: string[];
}

export interface ModelApplication {
  readonly id: string;
  name: string;
  description: string | null;
  scopes: string[];
  organizationId: string | null;
}

export interface ModelGrant {
  readonly id: string;
  readonly userId: string;
  readonly applicationId: string;
  grantedScopes: string[];
}

export type Purpose = 'verification' | 'change';

export interface ModelCode {
  readonly userId: string;
  readonly purpose: Purpose;
  readonly email: string;
  readonly digits: string;
  readonly sentAt: number;
  attempts: number;
  isUsed: boolean;
  /** False when a newer one took its place, or the address it was sent for is no longer the user's. */
  isNewest: boolean;
}

export interface ModelApiKey {
  readonly id: string;
  readonly name: string;
  isRevoked: boolean;
}

export interface ModelEndpoint {
  readonly id: string;
  url: string;
  types: string[];
  enabled: boolean;
}

/** What happened, and the ids of what it happened to. */
export type ModelEvent = readonly [name: string, ...ids: string[]];

export class Model {
  /** Seconds since the beginning. */
  now = 0;
  readonly users = new Map<string, ModelUser>();
  readonly organizations = new Map<string, ModelOrganization>();
  readonly memberships = new Map<string, ModelMembership>();
  readonly applications = new Map<string, ModelApplication>();
  readonly grants = new Map<string, ModelGrant>();
  readonly apiKeys = new Map<string, ModelApiKey>();
  readonly endpoints = new Map<string, ModelEndpoint>();
  readonly codes: ModelCode[] = [];
  /** Everything that ever had an id, in the order in which it came. */
  readonly ids: string[] = [];
  /** One list for each command: within it events of the same moment may come in any order. */
  readonly events: ModelEvent[][] = [];
  /** Answers to idempotency keys: operation, key and input to the id that was made. */
  readonly once = new Map<string, { readonly input: string; readonly id: string }>();

  happened(...events: ModelEvent[]): void {
    this.events.at(-1)?.push(...events);
  }

  userByEmail(email: string): ModelUser | undefined {
    return [...this.users.values()].find((user) => normal(user.email) === normal(email));
  }

  userByExternalId(externalId: string): ModelUser | undefined {
    return [...this.users.values()].find((user) => user.externalId === externalId);
  }

  addUser(user: ModelUser): void {
    this.users.set(user.id, user);
    this.ids.push(user.id);
    this.happened(['user.created', user.id]);
  }

  /** A change, if it is one: a version more, an event, and the end of codes that went to another address. */
  changeUser(user: ModelUser, next: Partial<ModelUser>): void {
    const before = JSON.stringify(user);
    const address = normal(user.email);
    Object.assign(user, next);
    if (JSON.stringify(user) === before) return;
    user.version++;
    this.happened(['user.updated', user.id]);
    if (normal(user.email) === address) return;
    // One that was used stays, and is named as used when it comes again (WorkOS contract, section 2.11).
    for (const code of this.codes) if (code.userId === user.id && !code.isUsed) code.isNewest = false;
  }

  deleteUser(user: ModelUser): void {
    for (const grant of [...this.grants.values()]) if (grant.userId === user.id) this.deleteGrant(grant);
    for (const one of [...this.memberships.values()]) if (one.userId === user.id) this.deleteMembership(one);
    this.users.delete(user.id);
    this.happened(['user.deleted', user.id]);
  }

  deleteGrant(grant: ModelGrant): void {
    this.grants.delete(grant.id);
    this.happened(['authorized_application.deleted', grant.userId, grant.applicationId]);
  }

  deleteMembership({ id, userId, organizationId }: ModelMembership): void {
    this.memberships.delete(id);
    this.happened(['organization_membership.deleted', userId, organizationId]);
  }

  deleteOrganization({ id }: ModelOrganization): void {
    for (const one of [...this.memberships.values()]) if (one.organizationId === id) this.deleteMembership(one);
    this.organizations.delete(id);
    this.happened(['organization.deleted', id]);
  }

  deleteApplication({ id }: ModelApplication): void {
    for (const grant of [...this.grants.values()]) if (grant.applicationId === id) this.deleteGrant(grant);
    this.applications.delete(id);
    this.happened(['application.deleted', id]);
  }

  newestCode(userId: string, purpose: Purpose): ModelCode | undefined {
    return this.codes.find((code) => code.userId === userId && code.purpose === purpose && code.isNewest);
  }

  /** Three mails in 60 seconds and 20 in a day, to one user and to one address. */
  rateLimitErrorOf(userId: string, email: string): string | null {
    const [ofUser, ofAddress] = [
      this.codes.filter((code) => code.userId === userId),
      this.codes.filter((code) => normal(code.email) === normal(email)),
    ];
    const isFull = (limit: number, seconds: number) =>
      [ofUser, ofAddress].some((codes) => codes.filter(({ sentAt }) => sentAt + seconds > this.now).length >= limit);
    if (isFull(20, 86_400)) return 'DAILY_QUOTA_EXCEEDED';
    return isFull(3, 60) ? 'TOO_MANY_REQUESTS' : null;
  }
}

/** How addresses are compared: without regard to letter case. */
export function normal(email: string): string {
  return email.trim().toLowerCase();
}

export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
}

export function isExternalId(text: string): boolean {
  return text !== '' && [...text].every((letter) => letter <= '\u007f') && text.length <= 128;
}

/** Texts only, and of a patch a null, which takes a key away. */
export function isMetadata(given: Record<string, unknown>, isPatch: boolean): boolean {
  return Object.values(given).every((value) => typeof value === 'string' || (isPatch && value === null));
}

/** Keys given change, a key set to null goes, all others stay; null and {} clear everything. */
export function merged(current: Record<string, string>, patch: Record<string, unknown> | null): Record<string, string> {
  if (patch === null || Object.keys(patch).length === 0) return {};
  const next = { ...current };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete next[key];
    else next[key] = String(value);
  }
  return next;
}
