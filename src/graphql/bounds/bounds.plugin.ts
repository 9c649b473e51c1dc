import { type ExecutionArgs, GraphQLError, type GraphQLSchema, getOperationAST, getVariableValues } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { after, type MaybePromise } from '../../scheduling/maybe-promise.js';
import type { GraphQLContext } from '../builder/context.js';
import { admit, type Bounds, runAdmitted } from './admission.js';
import { checkTokens } from './form.js';
import type { Measure } from './measure.js';
import { measureOnce } from './measures.js';

/**
 * Enforces limits on every operation before it runs: the number of tokens, the shape, the cost and the budget of the
 * caller. Ends an operation that exceeds the time limit.
 */
export function useBounds(bounds: Bounds): Plugin<GraphQLContext> {
  return {
    onParse: ({ params, parseFn, setParseFn }) => {
      setParseFn((source, options) => {
        const error = checkTokens(String(params.source), bounds.limits.tokens);
        if (error) throw error;
        return parseFn(source, options);
      });
    },
    onExecute: ({ args, executeFn, setExecuteFn, setResultAndStopExecution }) => {
      const context = args.contextValue;
      const { result } = context;
      if (result) {
        setExecuteFn(() => result);
        return undefined;
      }
      return after(check(args, bounds), (error) => {
        if (error) setResultAndStopExecution({ errors: [error] });
        else setExecuteFn((given: ExecutionArgs) => runAdmitted(context, bounds, () => executeFn(given)));
      });
    },
    // A subscription is charged for one event. It ends when the client disconnects or loses access.
    onSubscribe: ({ args, setResultAndStopExecution }) =>
      after(check(args, bounds), (error) => {
        if (error) setResultAndStopExecution({ errors: [error] });
      }),
  };
}

type Args = ExecutionArgs & { readonly contextValue: GraphQLContext };

/** Admits the operation, and notes what it is charged. Returns the error, or null. */
function check(args: Args, bounds: Bounds): MaybePromise<GraphQLError | null> {
  const context = args.contextValue;
  const measured = measureOf(args);
  // Without an operation, or with invalid variables, execution only returns the error.
  return after(measured && admit(measured, context.viewer, bounds), (admitted) => {
    if (admitted instanceof GraphQLError) return admitted;
    if (admitted) context.spent = admitted;
    return null;
  });
}

function measureOf({ schema, document, operationName, variableValues }: ExecutionArgs): Measure | null {
  const operation = getOperationAST(document, operationName);
  if (!operation) return null;
  const given = (variableValues ?? {}) as Record<string, unknown>; // parsed JSON
  const { coerced } = getVariableValues(schema as GraphQLSchema, operation.variableDefinitions ?? [], given, {
    maxErrors: 1,
  });
  return coerced ? measureOnce(schema, document, operation, coerced) : null;
}
