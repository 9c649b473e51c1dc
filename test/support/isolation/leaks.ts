import type { World } from './two-environments.js';

export const ID =
  /\b(?:user|org|om|conn_app|client|authorized_connect_app|email_verification|event|api_key|we|webhook_delivery|req)_[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g;
const CANARY_OF_B = /canary[_-]b[\w-]*/gi;

/** What of B is in an answer that was not in the question. */
export function leaksIn(answer: unknown, request: unknown, idsOfB: ReadonlySet<string>): string[] {
  const text = JSON.stringify(answer);
  const sent = JSON.stringify(request).toLowerCase();
  const found = [...(text.match(CANARY_OF_B) ?? []), ...(text.match(ID) ?? []).filter((id) => idsOfB.has(id))];
  const broken = /INTERNAL_SERVER_ERROR/.test(text) ? ['INTERNAL_SERVER_ERROR'] : [];
  return [...found.filter((part) => !sent.includes(part.toLowerCase())), ...broken];
}

export const ID_KINDS = [
  'users',
  'organizations',
  'applications',
  'clients',
  'grants',
  'memberships',
  'verifications',
  'events',
  'apiKeys',
  'endpoints',
  'deliveries',
] as const;

export function idsIn(world: World): Set<string> {
  return new Set(ID_KINDS.flatMap((kind) => world[kind]));
}
