import type { Operation } from '../protocol/operation.js';
import { applicationOperations } from './applications.rest.js';
import { emailOperations } from './email.rest.js';
import { eventOperations } from './events.rest.js';
import { membershipOperations } from './memberships.rest.js';
import { organizationOperations } from './organizations.rest.js';
import { sessionOperations } from './sessions.rest.js';
import { userOperations } from './users.rest.js';

/** All operations of the REST API. */
export const OPERATIONS: readonly Operation[] = [
  ...userOperations,
  ...emailOperations,
  ...applicationOperations,
  ...sessionOperations,
  ...membershipOperations,
  ...organizationOperations,
  ...eventOperations,
];
