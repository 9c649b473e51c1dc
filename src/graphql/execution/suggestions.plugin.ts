import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** The suggestion that graphql-js appends to a message when a similar name exists. */
const SUGGESTION = / ?Did you mean .+\?$/s;

/**
 * Removes suggestions from validation errors for callers who are not authorized to read the schema, because suggestions
 * reveal names of fields and types.
 *
 * @param maySeeSchema called only if an error has a suggestion
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
  // exactOptionalPropertyTypes: graphql-js accepts null, but not undefined.
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
