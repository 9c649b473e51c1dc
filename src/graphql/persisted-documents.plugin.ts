import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { refusal } from './bounds/refusal.js';
import { hashOf, type PersistedDocuments } from './persisted-documents.js';

/** What Apollo Client takes for "send the text too". */
const NOT_FOUND = 'PersistedQueryNotFound';

/** Parameters that name a document: GraphQL over HTTP's `documentId`, and Apollo's extension. */
interface Named extends GraphQLParams {
  readonly documentId?: unknown;
}

/**
 * Takes the hash of a document in the place of its text. A hash that comes with a text is checked, and the document kept
 * for those who send the hash alone; where the list is closed, only what is in the manifest is executed.
 */
export function usePersistedDocuments(documents: PersistedDocuments): Plugin {
  return {
    onParams: ({ request, params, setParams }) => {
      const hash = hashIn(params, request);
      if (hash === null) {
        if (documents.isClosed)
          throw refusal(
            'PERSISTED_DOCUMENT_REQUIRED',
            422,
            'Only documents of the list are executed: send a documentId.',
          );
        return;
      }
      const known = documents.find(hash);
      if (params.query != null && hashOf(params.query) !== hash && known === undefined) {
        throw refusal('BAD_REQUEST', 422, 'The hash is not that of the document.');
      }
      const query = known ?? (documents.isClosed ? undefined : params.query);
      if (query == null) throw refusal('PERSISTED_DOCUMENT_NOT_FOUND', 404, NOT_FOUND);
      if (params.query != null) documents.register(hash, params.query);
      // Yoga knows no documentId, and refuses parameters it does not know.
      const { documentId: _, ...others } = params as Named;
      setParams({ ...others, query });
    },
  };
}

function hashIn(params: Named, request: Request): string | null {
  const inAddress =
    request.method === 'GET' ? new URL(request.url, 'http://localhost').searchParams.get('documentId') : null;
  const given = params.documentId ?? inAddress ?? params.extensions?.persistedQuery?.sha256Hash;
  if (given == null) return null;
  if (typeof given !== 'string' || given.length > 256)
    throw refusal('BAD_REQUEST', 422, 'A documentId is a text: sha256: and a hash.');
  return given.replace(/^sha256:/, '');
}
