import { type ExecutionArgs, execute, getOperationAST, OperationTypeNode } from 'graphql';
import { readAsOf } from '../../scheduling/request-life.js';
import type { GraphQLContext } from '../builder/context.js';

/** Executes an operation with its resolvers. What a query reads need not be newer than its request. */
export function executeOperation(args: ExecutionArgs): ReturnType<typeof execute> {
  const { viewer } = args.contextValue as GraphQLContext; // made by `contexts`
  const asOf = viewer?.asOf;
  if (asOf && getOperationAST(args.document, args.operationName)?.operation === OperationTypeNode.QUERY) readAsOf(asOf);
  return execute(args);
}
