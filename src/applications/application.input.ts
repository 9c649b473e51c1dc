import { InvalidInputError } from '../errors.js';
import { patched, refuseNulls } from '../patch.js';
import { checkRequiredName, checkUnicode } from '../text.js';
import { type Application, type ApplicationPatch, checkForm, parseRedirectUris, parseScopes } from './application.js';

/** A patch without the organization, which the service looks up. */
type OwnPatch = Omit<ApplicationPatch, 'organizationId'>;

/** The application after a patch: what is left out stays, null clears what can be empty. */
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
    problems.push(new InvalidInputError('INVALID_INPUT', `An M2M application has no ${field}.`, [field]));
  }
}
