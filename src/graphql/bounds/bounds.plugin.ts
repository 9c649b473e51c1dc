import {
  type ExecutionArgs,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RateLimiter } from '../../auth/rate-limiter.js';
import { ofRequest } from '../../scheduling/request-life.js';
import type { GraphQLContext } from '../context.js';
import { presentError } from '../errors.js';
import { pointsOf } from './cost.js';
import { checkCost, checkForm, checkIntrospection, checkTokens } from './form.js';
import { type Measure, measure } from './measure.js';
import type { OperationLimits } from './operation-limits.js';
import { refusal } from './refusal.js';

export interface BoundsDeps {
  readonly limits: OperationLimits;
  /** Whether everybody may ask for the schema. */
  readonly isSchemaOpen: boolean;
  readonly rateLimiter: RateLimiter;
}

/**
 * Keeps every operation within bounds that are known before it runs: its text, its form, its cost and the caller's
 * budget; and cuts it off when it takes too long all the same.
 */
export function useBounds(deps: BoundsDeps): Plugin<GraphQLContext> {
  return {
    onParse: ({ params, parseFn, setParseFn }) => {
      setParseFn((source, options) => {
        const refused = checkTokens(String(params.source), deps.limits.tokens);
        if (refused) throw refused;
        return parseFn(source, options);
      });
    },
    onExecute: ({ args, executeFn, setExecuteFn, setResultAndStopExecution }) => {
      const refused = judge(args, args.contextValue, deps);
      if (refused) {
        setResultAndStopExecution({ errors: [refused] });
        return;
      }
      setExecuteFn(async (given: ExecutionArgs) => {
        const result = await whileWanted(() => executeFn(given));
        settle(args.contextValue, deps.rateLimiter);
        return result;
      });
    },
    // A stream is measured by one of its events, and ends when its reader or their access does.
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      const refused = judge(args, args.contextValue, deps);
      if (refused) setResultAndStopExecution({ errors: [refused] });
    },
  };
}

/** Measures the operation and charges the caller for it. */
function judge(args: ExecutionArgs, context: GraphQLContext, deps: BoundsDeps): GraphQLError | null {
  const measured = measureOf(args);
  // Without an operation, or with variables that do not fit, execution says what is wrong and does nothing else.
  if (!measured) return null;
  return (
    checkForm(measured, deps.limits) ??
    checkIntrospection(measured, deps.isSchemaOpen, context.viewer) ??
    checkCost(measured, deps.limits.cost) ??
    charge(measured, context, deps.rateLimiter)
  );
}

/** What the same operation measures each time it comes; parsed documents are kept, so it comes as the same object. */
const unchanging = new WeakMap<OperationDefinitionNode, Measure>();

function measureOf({ schema, document, operationName, variableValues }: ExecutionArgs): Measure | null {
  const operation = getOperationAST(document, operationName);
  if (!operation) return null;
  const given = (variableValues ?? {}) as Record<string, unknown>; // what came as JSON
  const { coerced } = getVariableValues(schema as GraphQLSchema, operation.variableDefinitions ?? [], given, {
    maxErrors: 1,
  });
  if (!coerced) return null;
  const known = unchanging.get(operation);
  if (known) return known;
  const measured = measure(schema, document, operation, coerced);
  if (!measured.dependsOnVariables) unchanging.set(operation, measured);
  return measured;
}

/** Every operation costs something, whatever it asks for. */
const MIN_CHARGE = 1;

function charge(
  { cost, examination }: Measure,
  context: GraphQLContext,
  rateLimiter: RateLimiter,
): GraphQLError | null {
  if (!context.viewer) return null;
  const points = Math.max(cost, MIN_CHARGE);
  const charged = rateLimiter.charge(context.viewer.actor.id, points);
  if ('retryAfterSeconds' in charged) {
    const { retryAfterSeconds } = charged;
    const { points: limit, seconds } = rateLimiter.budget;
    const message = `The budget of this caller is spent: ${limit} points in ${seconds} seconds. Try again in ${retryAfterSeconds} seconds.`;
    const headers = { 'Retry-After': String(retryAfterSeconds) };
    return refusal('RATE_LIMITED', 429, message, { retryAfterSeconds, cost: points }, headers);
  }
  context.spent = { cost: points, examination, charged: points, ...charged.allowance };
  return null;
}

/** Corrects the charge by the rows that were looked at: the estimate was for as many as there may be. */
function settle(context: GraphQLContext, rateLimiter: RateLimiter): void {
  const { viewer, spent } = context;
  if (!viewer || !spent || spent.examination === 0) return;
  const charged = Math.max(spent.cost - spent.examination + pointsOf(ofRequest()?.examined ?? 0), MIN_CHARGE);
  context.spent = { ...spent, charged, ...rateLimiter.refund(viewer.actor.id, spent.charged - charged) };
}

/** Answers TIMEOUT when the time is over before the result is there; from then on nothing more is executed. */
async function whileWanted(execute: () => unknown): Promise<unknown> {
  const life = ofRequest();
  if (!life) return execute();
  const result = await Promise.race([execute(), life.over()]);
  const end = life.end();
  return end ? { errors: [presentError(end)] } : result;
}
