import type { ExecutionResult, GraphQLError } from 'graphql';
import { actualCost } from '../../auth/prices.js';
import type { Budgets } from '../../auth/rate-limiter.js';
import type { Viewer } from '../../auth/viewer.js';
import type { OperationLimits } from '../../config/operation-limits.js';
import type { FairGate } from '../../scheduling/fair-gate.js';
import type { MaybePromise } from '../../scheduling/maybe-promise.js';
import { ofRequest } from '../../scheduling/request-life.js';
import type { GraphQLContext, Spent } from '../builder/context.js';
import { presentError } from '../errors/errors.js';
import { charge } from './charge.js';
import { checkCost, checkForm, checkIntrospection } from './form.js';
import type { Measure } from './measure.js';

export interface Bounds {
  readonly limits: OperationLimits;
  /** Whether introspection is open to everyone. */
  readonly isSchemaOpen: boolean;
  readonly budgets: Budgets;
  /** Costly operations pass it. */
  readonly gate: FairGate;
}

/** An operation of so many points is costly. */
export const COSTLY = 1_000;
/** Costly operations that one caller may have under way. Further ones wait. */
export const MAX_COSTLY_AT_ONCE = 2;

/**
 * Checks an operation against the limits and charges the viewer for it. Returns the error, without a charge, when it must
 * not run; null when there is nobody to charge.
 */
export function admit(
  measured: Measure,
  viewer: Viewer | null,
  bounds: Bounds,
): MaybePromise<GraphQLError | Spent | null> {
  return (
    checkForm(measured, bounds.limits) ??
    checkIntrospection(measured, bounds.isSchemaOpen, viewer) ??
    checkCost(measured, bounds.limits.cost) ??
    (viewer && charge(measured, viewer, bounds.budgets))
  );
}

/**
 * Runs an admitted operation until it completes or its request ends, then refunds the difference between the estimated
 * and the actual number of rows that it examined. Returns the error of the request when that is first, e.g. TIMEOUT. No
 * resolver starts after that.
 */
export async function runAdmitted<Result>(
  context: GraphQLContext,
  { budgets, gate }: Bounds,
  execute: () => Result,
): Promise<Awaited<Result> | ExecutionResult> {
  const life = ofRequest();
  const run = isCostly(context) ? () => runInTurn(gate, context.viewer?.actor.id ?? '', execute) : execute;
  const result = await (life ? Promise.race([run(), life.over()]) : run());
  const end = life?.end();
  refundUnexamined(context, budgets);
  // Only when the request is over, the race has no result.
  return end ? { errors: [presentError(end)] } : (result as Awaited<Result>);
}

function isCostly({ spent }: GraphQLContext): boolean {
  return spent !== undefined && spent.cost >= COSTLY;
}

async function runInTurn<Result>(
  gate: FairGate,
  caller: string,
  execute: () => Result,
): Promise<Awaited<Result> | null> {
  await gate.enter(caller);
  try {
    // Whoever has waited past the end of the request is not executed.
    return ofRequest()?.end() ? null : await execute();
  } finally {
    gate.leave(caller);
  }
}

function refundUnexamined(context: GraphQLContext, budgets: Budgets): void {
  const { viewer, spent } = context;
  if (!viewer || !spent || spent.examination === 0) return;
  const charged = actualCost(spent.cost, spent.examination, ofRequest()?.examined ?? 0);
  context.spent = { ...spent, charged, ...budgets.refund(viewer.actor.id, spent.charged - charged) };
}
