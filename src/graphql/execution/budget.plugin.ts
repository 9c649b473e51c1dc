import type { Plugin } from 'graphql-yoga';
import type { Budget } from '../../auth/rate-limiter.js';
import { budgetHeaders } from '../../http/budget-headers.js';
import type { GraphQLContext, Spent } from '../builder/context.js';

/**
 * Reports the cost of an operation in `extensions.cost`, and the remaining budget in the headers `RateLimit` and
 * `RateLimit-Policy`. Without a budget, it sets no headers.
 */
export function useBudgetHeaders(budget: Budget, maxCost: number): Plugin<GraphQLContext> {
  const spentBy = new WeakMap<Request, Spent>();
  return {
    onExecute: ({ args }) => ({
      onExecuteDone: ({ result, setResult }) => {
        const { spent } = args.contextValue;
        if (!spent) return;
        spentBy.set(args.contextValue.request, spent);
        if (!('data' in result)) return;
        setResult({ ...result, extensions: { ...result.extensions, cost: costOf(spent, maxCost) } });
      },
    }),
    onResponse: ({ request, response }) => {
      const spent = spentBy.get(request);
      if (!spent) return;
      for (const [name, value] of budgetHeaders(spent, budget)) response.headers.set(name, value);
    },
  };
}

/** `extensions.cost` of a response. */
export function costOf({ cost, charged }: Spent, maximum: number) {
  return { requested: cost, charged, maximum };
}
