import { RequestError } from '../../domain/errors.js';
import { EVENT_ACCESS } from './event-access.js';
import { type Access, PERSON_ACCESS } from './person-fields.js';

/** Access of persons to the whole schema: `PERSON_ACCESS` and `EVENT_ACCESS`. */
export const GRAPH_ACCESS: Readonly<Record<string, Access>> = { ...PERSON_ACCESS, ...EVENT_ACCESS };

const ALL: Access = { fields: 'all' };

/** Whether a person may use a field of a type. All fields of payloads and of mutation errors are open. */
export function isOpenToPersons(type: string, field: string): boolean {
  const access = GRAPH_ACCESS[type] ?? (/(Payload|Error)$/.test(type) ? ALL : undefined);
  return access !== undefined && (access.fields === 'all' || access.fields.includes(field));
}

/** @throws {RequestError} FORBIDDEN when persons may not use the field */
export function requireOpen(type: string, field: string): void {
  if (isOpenToPersons(type, field)) return;
  throw new RequestError(
    'FORBIDDEN',
    `A person may not use ${type}.${field}: it requires an API key, or a token with scopes.`,
  );
}
