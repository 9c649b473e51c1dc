import { z } from 'zod';
import type { Application } from '../../applications/application.js';
import type { AuthorizedApplication } from '../../applications/authorized-application.js';
import { dateTime } from './common.js';

const ConnectApplicationObject = z
  .object({
    object: z.literal('connect_application'),
    id: z.string(),
    client_id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    scopes: z.array(z.string()),
    application_type: z.enum(['oauth', 'm2m']),
    redirect_uris: z.array(z.object({ uri: z.string(), default: z.boolean() })).optional(),
    uses_pkce: z.boolean().optional(),
    is_first_party: z.boolean().optional(),
    was_dynamically_registered: z.boolean().optional(),
    organization_id: z.string().optional(),
    created_at: dateTime(),
    updated_at: dateTime(),
  })
  .meta({ id: 'ConnectApplication', description: 'An application that users authorize.' });

/** The consent of a user (WorkOS contract, section 3). */
export const AuthorizedApplicationObject = z
  .object({
    object: z.literal('authorized_connect_application'),
    id: z.string(),
    granted_scopes: z.array(z.string()),
    oauth_resource: z.string().optional(),
    application: ConnectApplicationObject,
  })
  .meta({ id: 'AuthorizedConnectApplication', description: 'An application that a user has authorized.' });

export function toAuthorizedApplicationObject(
  { id, grantedScopes, resource }: AuthorizedApplication,
  application: Application,
): z.output<typeof AuthorizedApplicationObject> {
  return {
    object: 'authorized_connect_application',
    id,
    granted_scopes: [...grantedScopes],
    ...(resource === null ? {} : { oauth_resource: resource }),
    application: toApplicationObject(application),
  };
}

function toApplicationObject(application: Application): z.output<typeof ConnectApplicationObject> {
  const { organizationId } = application;
  return {
    object: 'connect_application',
    id: application.id,
    client_id: application.clientId,
    name: application.name,
    description: application.description,
    // A person sees the fields of a consent screen only.
    scopes: [...(application.scopes ?? [])],
    ...(application.kind === 'OAUTH' ? oauthFields(application) : { application_type: 'm2m' }),
    ...(organizationId == null ? {} : { organization_id: organizationId }),
    created_at: application.createdAt,
    updated_at: application.updatedAt,
  };
}

function oauthFields({ redirectUris, usesPkce, isFirstParty }: Application) {
  return {
    application_type: 'oauth',
    redirect_uris: (redirectUris ?? []).map(({ uri, isDefault }) => ({ uri, default: isDefault })),
    uses_pkce: usesPkce ?? false,
    is_first_party: isFirstParty ?? false,
    ...(isFirstParty ? {} : { was_dynamically_registered: false }),
  } as const;
}
