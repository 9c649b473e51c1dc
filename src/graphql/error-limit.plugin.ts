import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { isExecutionResult } from './execution-result.js';

/** More errors of one request help nobody, and looking for them is work that anybody can ask for. */
export const MAX_REQUEST_ERRORS = 5;

/**
 * Stops looking for what is wrong with a request after a few errors, and says so. Errors of fields are not counted:
 * each says why its place is null.
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
      const message = `There may be more than these ${MAX_REQUEST_ERRORS} errors: mend them and send the request again.`;
      const last = new GraphQLError(message, { extensions: { ...errors[0]?.extensions } });
      setResult({ ...result, errors: [...errors.slice(0, MAX_REQUEST_ERRORS), last] });
    },
  };
}
