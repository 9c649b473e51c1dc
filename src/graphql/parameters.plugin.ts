import type { Plugin } from 'graphql-yoga';
import { refusal } from './bounds/refusal.js';

const PARAMETERS = ['query', 'operationName', 'variables', 'extensions', 'documentId'];

/**
 * Reads the parameters of a GET and of a POST alike: an empty `query` or `operationName` is none, as GraphQL over HTTP
 * has it for GET. One that is not known is refused without its name, which is part of what was sent.
 */
export function useParameters(): Plugin {
  return {
    onParams: ({ params, setParams }) => {
      // Yoga's types are of what it has checked, and that is later.
      const given = params as unknown;
      if (typeof given !== 'object' || given === null) return;
      const { query, operationName, ...others } = given as Record<string, unknown>;
      const unknown = Object.entries(others).find(([name, value]) => value != null && !PARAMETERS.includes(name));
      if (unknown) {
        throw refusal(
          'BAD_REQUEST',
          400,
          `The request has a parameter other than ${PARAMETERS.join(', ')}: leave it out.`,
        );
      }
      if (operationName != null && typeof operationName !== 'string') {
        throw refusal(
          'BAD_REQUEST',
          400,
          'The operationName is not text: send the name of an operation, or leave it out.',
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
