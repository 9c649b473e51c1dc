import { z } from 'zod';
import { applicationLoaders } from '../../applications/application.loaders.js';
import { authorizedApplicationLoaders } from '../../applications/authorized-application.loaders.js';
import { RequestError } from '../../domain/errors.js';
import { isId } from '../../domain/ids.js';
import { AuthorizedApplicationObject, toAuthorizedApplicationObject } from '../objects/application.js';
import { listOf } from '../objects/common.js';
import { WRITE } from '../protocol/failures.js';
import { LIST_PARAMETERS, priceOfList, toList, toPageRequest } from '../protocol/lists.js';
import { operation } from '../protocol/operation.js';
import { loadUser } from './read-user.js';

const TAG = 'Authorized applications';

export const applicationOperations = [
  operation(
    {
      id: 'listAuthorizedApplications',
      method: 'GET',
      path: '/user_management/users/{user_id}/authorized_applications',
      tag: TAG,
      summary: 'List the applications that a user has authorized',
      query: z.object(LIST_PARAMETERS),
      errors: [404, 409, 422],
      success: { status: 200, body: listOf(AuthorizedApplicationObject) },
      price: priceOfList,
    },
    async ({ loaders }, { path: { user_id: userId = '' }, query }) => {
      const request = toPageRequest(query, (id) => isId('authorized_connect_app', id));
      const user = await loadUser({ loaders }, userId);
      const page = await loaders.of(authorizedApplicationLoaders).byUser.page(user.id, request);
      const applications = loaders.linked(applicationLoaders).byId;
      const items = await Promise.all(
        page.items.map(async (grant) => {
          const application = await applications.load(grant.applicationId);
          if (application) return { grant, application };
          throw new RequestError('DELETED_MEANWHILE', 'An application was deleted meanwhile. Send the request again.');
        }),
      );
      return toList(
        { ...page, items },
        query,
        ({ grant }) => grant.id,
        ({ grant, application }) => toAuthorizedApplicationObject(grant, application),
      );
    },
  ),
  operation(
    {
      id: 'deleteAuthorizedApplication',
      method: 'DELETE',
      path: '/user_management/users/{user_id}/authorized_applications/{application_id}',
      tag: TAG,
      summary: 'Delete an authorized application',
      description: 'The application is named by its ID or its client ID.',
      errors: [404],
      success: { status: 204, body: null },
      price: WRITE,
    },
    async ({ services, viewer }, { path: { user_id: userId = '', application_id: applicationId = '' } }) => {
      await services.authorizedApplications.deleteAuthorizedApplication(viewer, userId, applicationId);
      return null;
    },
  ),
];
