import type { Plugin } from 'graphql-yoga';
import { refusal } from '../errors/refusal.js';

const PARAMETERS = ['query', 'operationName', 'variables', 'extensions', 'documentId'];

/**
 * Validates the parameters of GET and POST requests. An empty `query` or `operationName` counts as absent, as GraphQL
 * over HTTP specifies for GET. The error about an unknown parameter does not quote its name, which is client input.
 */
export function useParameters(): Plugin {
  return {
    onParams: ({ params, setParams }) => {
      // Yoga validates the parameters only after this hook.
      const given = params as unknown;
      if (typeof given !== 'object' || given === null) return;
      const { query, operationName, ...others } = given as Record<string, unknown>;
      const unknown = Object.entries(others).find(([name, value]) => value != null && !PARAMETERS.includes(name));
      if (unknown) {
        throw refusal(
          'BAD_REQUEST',
          400,
          `The request has a parameter other than ${PARAMETERS.join(', ')}: remove it.`,
        );
      }
      if (operationName != null && typeof operationName !== 'string') {
        throw refusal(
          'BAD_REQUEST',
          400,
          'The operationName is not a string: send the name of an operation, or omit it.',
        );
      }
      if (query !== '' && operationName !== '') return;
      const read = { ...params };
      if (query === '') delete read.query;
      if (operationName === '') delete read.operationName;
      setParams(read);
    },
  };
}
