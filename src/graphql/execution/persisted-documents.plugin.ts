import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { refusal } from '../errors/refusal.js';
import { hashOf, type PersistedDocuments } from './persisted-documents.js';

/** Message after which Apollo Client sends the request again with the text. */
const NOT_FOUND = 'PersistedQueryNotFound';

/** Parameters that refer to a document: `documentId` of GraphQL over HTTP, and Apollo's extension. */
interface Named extends GraphQLParams {
  readonly documentId?: unknown;
}

/**
 * Accepts the hash of a document instead of its text. A request with both registers the document, if the hash is
 * correct, so that later requests can send the hash alone. With a closed list, only documents of the
 * manifest are executed.
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
            'This server executes only persisted documents: send a documentId.',
          );
        return;
      }
      const known = documents.find(hash);
      if (params.query != null && hashOf(params.query) !== hash && known === undefined) {
        throw refusal('BAD_REQUEST', 422, 'The hash does not match the document: send its SHA-256 in hexadecimal.');
      }
      const query = known ?? (documents.isClosed ? undefined : params.query);
      if (query == null) throw refusal('PERSISTED_DOCUMENT_NOT_FOUND', 404, NOT_FOUND);
      if (params.query != null) documents.register(hash, params.query);
      // Yoga rejects documentId as an unknown parameter.
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
    throw refusal('BAD_REQUEST', 422, 'A documentId must be a string: sha256: and a hash.');
  return given.replace(/^sha256:/, '');
}
