import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** graphql-js ends a message so when it knows a similar name. */
const SUGGESTION = / ?Did you mean .+\?$/s;

/**
 * Takes the names of fields and types out of what validation says, for callers who may not see the schema: guessing
 * names and being told near ones is introspection by other means.
 *
 * @param maySeeSchema asked only when there is something to hide
 */
export function useSuggestions(maySeeSchema: (request: Request) => Promise<boolean>): Plugin {
  return {
    onResultProcess: async ({ request, result, setResult }) => {
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      const { errors } = result;
      if (!errors?.some(({ message }) => SUGGESTION.test(message)) || (await maySeeSchema(request))) return;
      setResult({ ...result, errors: errors.map(withoutSuggestion) });
    },
  };
}

function withoutSuggestion(error: GraphQLError): GraphQLError {
  // exactOptionalPropertyTypes: graphql-js takes null, not undefined.
  const { nodes = null, source = null, positions = null, path = null, extensions, originalError } = error;
  const message = error.message.replace(SUGGESTION, '');
  return new GraphQLError(message, {
    nodes,
    source,
    positions,
    path,
    extensions,
    originalError: originalError ?? null,
  });
}
