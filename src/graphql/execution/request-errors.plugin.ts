import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { isRequestErrorCode, type RequestErrorCode } from '../../domain/errors.js';
import type { Requests } from '../../http/request-log.js';
import { isExecutionResult } from '../errors/execution-result.js';

/** Sets the code and the request id of every error in a response, and logs internal errors. */
export function useRequestErrors(requests: Requests): Plugin {
  return {
    onResultProcess: ({ request, result }) => {
      for (const single of Array.isArray(result) ? result : [result]) {
        if (isExecutionResult(single)) labelErrors(single.errors ?? [], request, requests);
      }
    },
  };
}

/** Sets the code and the request id of errors, in place: they belong to this request. */
export function labelErrors(errors: readonly GraphQLError[], request: Request, requests: Requests): void {
  const { id: requestId } = requests.of(request);
  for (const { extensions, originalError } of errors) {
    // graphql-js and Yoga set no code for an invalid variable or an unknown operation name.
    extensions.code ??= 'BAD_USER_INPUT';
    // Yoga has other codes for malformed requests, which are not in the documented list.
    if (!isRequestErrorCode(extensions.code)) extensions.code = 'BAD_REQUEST';
    extensions.requestId = requestId;
    requests.report(request, extensions.code as RequestErrorCode, originalError);
  }
}
