import type { ApplicationService } from '../applications/application.service.js';
import type { GrantUnits } from '../applications/authorized-application.service.js';
import { systemViewer, type Viewer } from '../auth/viewer.js';
import type { Database } from '../db/database.js';
import type { Transaction } from '../db/handle.js';
import type { ApplicationId, EnvironmentId, OrganizationId } from '../domain/ids.js';
import type { OrganizationService } from '../organizations/organization.service.js';
import type { MembershipUnits } from '../organizations/organization-membership.service.js';
import type { User } from '../users/user.js';
import type { UserUnits } from '../users/user.service.js';
import type { UserCreation } from '../users/user-creation.service.js';
import { applicationsOf, localeOf, organizationsOf, rolesOf, sampleUser } from './sample-people.js';

/** Users that are written in one transaction: other writes wait for so many. */
const BATCH = 1_000;

export interface Seeding {
  readonly environmentId: EnvironmentId;
  /** The name of the program that creates the users, which the events tell. */
  readonly actor: string;
  /** Number of users. */
  readonly count: number;
  /** Part of email addresses and external ids; must differ between calls for the same environment. */
  readonly batch: string;
}

/** Numbers of created rows. */
export interface Seeded {
  readonly users: number;
  readonly organizations: number;
  readonly applications: number;
}

export interface SampleService {
  /**
   * Creates fictional users in an environment, with organizations, memberships, applications and authorizations, and the
   * events of all of them. The same arguments create the same users.
   *
   * @param onProgress called with the number of users created so far
   */
  seed(seeding: Seeding, onProgress?: (users: number) => void): Promise<Seeded>;
}

export function createSampleService(deps: {
  db: Database;
  organizations: OrganizationService;
  applications: ApplicationService;
  creation: UserCreation;
  users: UserUnits;
  memberships: MembershipUnits;
  grants: GrantUnits;
}): SampleService {
  const { db, creation, users: units, memberships, grants } = deps;

  async function write(trx: Transaction, viewer: Viewer, batch: string, start: number, size: number, links: Links) {
    const inputs = Array.from({ length: size }, (_, offset) => creation.parse(sampleUser(start + offset, batch)));
    const users = await creation.insert(
      trx,
      viewer,
      inputs.map(({ values }) => ({ values, hash: null })),
    );
    const indexed = users.map((user, offset) => ({ user, index: start + offset }));
    await memberships.insert(
      trx,
      viewer,
      indexed.flatMap((one) => membershipOf(one, links)),
    );
    await grants.insert(
      trx,
      viewer,
      indexed.flatMap((one) => grantsOf(one, links)),
    );
    for (const { user, index } of indexed) {
      const locale = localeOf(index);
      if (locale !== null) await units.applyPatch(trx, viewer, user, { locale }, null);
    }
  }

  return {
    async seed({ environmentId, actor, count, batch }, onProgress = () => {}) {
      const viewer = systemViewer(environmentId, actor);
      const organizations = await Promise.all(
        organizationsOf(batch).map((input) => deps.organizations.createOrganization(viewer, input)),
      );
      const applications = await Promise.all(
        applicationsOf().map((input) => deps.applications.createApplication(viewer, input)),
      );
      const links = {
        organizationIds: organizations.map(({ id }) => id),
        applicationIds: applications.map(({ id }) => id),
      };
      for (let start = 0; start < count; start += BATCH) {
        const size = Math.min(BATCH, count - start);
        await db.transaction(viewer.environmentId, (trx) => write(trx, viewer, batch, start, size, links));
        onProgress(start + size);
      }
      return { users: count, organizations: organizations.length, applications: applications.length };
    },
  };
}

/** What users are members of, and what they authorize. */
interface Links {
  readonly organizationIds: readonly OrganizationId[];
  readonly applicationIds: readonly ApplicationId[];
}

interface Indexed {
  readonly user: User;
  readonly index: number;
}

/** Three of four users are members of an organization. */
function membershipOf({ user, index }: Indexed, { organizationIds }: Links) {
  const organizationId = organizationIds[index % organizationIds.length];
  if (organizationId === undefined || index % 4 === 0) return [];
  return [{ userId: user.id, organizationId, roles: rolesOf(index) }];
}

function grantsOf({ user, index }: Indexed, { applicationIds }: Links) {
  const granted = applicationIds.slice(0, index % (applicationIds.length + 1));
  const consent = { grantedScopes: ['openid', 'profile'], resource: null };
  return granted.map((applicationId) => ({ userId: user.id, applicationId, ...consent }));
}
