import type { NewEvent } from '../events/event.js';
import type { User } from './user.js';

export function userEvent(
  name: 'user.created' | 'user.updated' | 'user.deleted',
  user: User,
  previous?: object,
): NewEvent {
  return { name, userId: user.id, organizationId: null, data: user, ...(previous ? { previous } : {}) };
}
