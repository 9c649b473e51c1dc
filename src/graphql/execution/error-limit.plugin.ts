import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { isExecutionResult } from '../errors/execution-result.js';

/** Maximum number of errors in the response to an invalid request. Bounds the work that a client can cause. */
export const MAX_REQUEST_ERRORS = 5;

/**
 * Limits the number of request errors (GraphQL, "Request Errors") and adds an error that says so. Execution errors are
 * not limited, because each one explains a null in the response.
 */
export function useErrorLimit(): Plugin {
  return {
    onValidate: ({ validateFn, setValidationFn }) => {
      setValidationFn((schema, document, rules) =>
        validateFn(schema, document, rules, { maxErrors: MAX_REQUEST_ERRORS }),
      );
    },
    onResultProcess: ({ result, setResult }) => {
      if (Array.isArray(result) || !isExecutionResult(result) || result.data !== undefined) return;
      const { errors = [] } = result;
      if (errors.length <= MAX_REQUEST_ERRORS) return;
      const message = `There may be more than these ${MAX_REQUEST_ERRORS} errors: fix them and send the request again.`;
      const last = new GraphQLError(message, { extensions: { ...errors[0]?.extensions } });
      setResult({ ...result, errors: [...errors.slice(0, MAX_REQUEST_ERRORS), last] });
    },
  };
}
