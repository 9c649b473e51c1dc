import { InvalidInputError } from '../domain/errors.js';
import { patched, refuseNulls } from '../input/patch.js';
import { checkRequiredName, checkUnicode } from '../input/text.js';
import { type Application, type ApplicationPatch, checkForm, parseRedirectUris, parseScopes } from './application.js';

/** A patch without the organization, which the service looks up itself. */
type OwnPatch = Omit<ApplicationPatch, 'organizationId'>;

/** Applies a patch to an application and reports problems. Null clears a nullable field. */
export function patchApplication(
  application: Application,
  patch: OwnPatch,
  organizationId: Application['organizationId'],
  problems: InvalidInputError[],
): Application {
  refuseNulls(patch, ['name', 'scopes', 'redirectUris'], problems);
  if (application.kind === 'M2M') refuseOauthFields(patch, problems);
  else refuseNulls(patch, ['usesPkce', 'isFirstParty'], problems);
  const next: Application = {
    ...application,
    name: patch.name ?? application.name,
    description: patched(patch.description, application.description),
    scopes: patch.scopes ? parseScopes(patch.scopes, problems) : application.scopes,
    redirectUris: patch.redirectUris ? parseRedirectUris(patch.redirectUris, problems) : application.redirectUris,
    usesPkce: patch.usesPkce ?? application.usesPkce,
    isFirstParty: patch.isFirstParty ?? application.isFirstParty,
    organizationId,
  };
  checkRequiredName('name', next.name, problems);
  checkForm(next, problems);
  checkUnicode(patch, problems);
  return next;
}

function refuseOauthFields(patch: OwnPatch, problems: InvalidInputError[]): void {
  for (const field of ['usesPkce', 'isFirstParty'] as const) {
    if (patch[field] == null) continue;
    problems.push(new InvalidInputError('INVALID_INPUT', `An M2M application cannot have ${field}.`, [field]));
  }
}
