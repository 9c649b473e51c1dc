import type { ExecutionResult } from 'graphql';

/** Whether a result is a single result, and not a stream of results. */
export function isExecutionResult(result: unknown): result is ExecutionResult {
  return typeof result === 'object' && result !== null && !(Symbol.asyncIterator in result);
}
