import type { ExecutionResult } from 'graphql';

/** Whether a result is one answer, and no stream of them. */
export function isExecutionResult(result: unknown): result is ExecutionResult {
  return typeof result === 'object' && result !== null && !(Symbol.asyncIterator in result);
}
