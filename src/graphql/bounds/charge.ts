import type { GraphQLError } from 'graphql';
import { MIN_CHARGE } from '../../auth/prices.js';
import { type Budgets, exhaustedMessage } from '../../auth/rate-limiter.js';
import type { Viewer } from '../../auth/viewer.js';
import { after, type MaybePromise } from '../../scheduling/maybe-promise.js';
import type { Spent } from '../builder/context.js';
import { refusal } from '../errors/refusal.js';
import type { Measure } from './measure.js';

/** Charges the viewer for an operation. Returns the error RATE_LIMITED when their budget is exhausted. */
export function charge(measured: Measure, viewer: Viewer, budgets: Budgets): MaybePromise<Spent | GraphQLError> {
  const { examination } = measured;
  const points = Math.max(measured.cost, MIN_CHARGE);
  return after(budgets.charge(viewer.actor.id, points), (charged) => {
    if (!('retryAfterSeconds' in charged)) return { cost: points, examination, charged: points, ...charged.allowance };
    const { retryAfterSeconds } = charged;
    const message = exhaustedMessage(budgets.budget, retryAfterSeconds);
    const headers = { 'Retry-After': String(retryAfterSeconds) };
    return refusal('RATE_LIMITED', 429, message, { retryAfterSeconds, cost: points }, headers);
  });
}
