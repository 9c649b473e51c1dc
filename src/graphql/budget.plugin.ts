import type { Plugin } from 'graphql-yoga';
import type { Budget } from '../auth/rate-limiter.js';
import { type Clock, secondsUntil } from '../clock.js';
import type { GraphQLContext, Spent } from './context.js';

/** The name of the one policy there is (draft-ietf-httpapi-ratelimit-headers). */
const POLICY = '"default"';

/**
 * Tells callers what an operation cost and what they have left: `extensions.cost` in the answer, and the headers
 * `RateLimit` and `RateLimit-Policy` where there is a budget.
 */
export function useBudgetHeaders(budget: Budget, maxCost: number, clock: Clock): Plugin<GraphQLContext> {
  const spentBy = new WeakMap<Request, Spent>();
  return {
    onExecute: ({ args }) => ({
      onExecuteDone: ({ result, setResult }) => {
        const { spent } = args.contextValue;
        if (!spent) return;
        spentBy.set(args.contextValue.request, spent);
        if (!('data' in result)) return;
        const cost = { requested: spent.cost, charged: spent.charged, maximum: maxCost };
        setResult({ ...result, extensions: { ...result.extensions, cost } });
      },
    }),
    onResponse: ({ request, response }) => {
      const spent = spentBy.get(request);
      if (!spent || budget.points === 0) return;
      const seconds = secondsUntil(clock.now(), spent.resetAt);
      response.headers.set('RateLimit', `${POLICY};r=${Math.floor(spent.remaining)};t=${seconds}`);
      response.headers.set('RateLimit-Policy', `${POLICY};q=${budget.points};w=${budget.seconds}`);
    },
  };
}
