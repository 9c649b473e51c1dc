import { type GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import { isAllowed, ruleOf } from '../../auth/policy.js';
import type { Viewer } from '../../auth/viewer.js';
import {
  FORM_LIMITS,
  LIMIT_SETTINGS,
  MAX_INTROSPECTION_DEPTH,
  MAX_INTROSPECTIONS,
  type OperationLimits,
} from '../../config/operation-limits.js';
import { refusal } from '../errors/refusal.js';
import type { Measure } from './measure.js';

/** Returns an error when the text has more tokens than the limit, else null. Stops counting at the limit. */
export function checkTokens(text: string, limit: number): GraphQLError | null {
  const lexer = new Lexer(new Source(text));
  for (let count = 1; lexer.advance().kind !== TokenKind.EOF; count++) {
    if (count > limit) return tooMuch('tokens', 'tokens', null, limit);
  }
  return null;
}

const FORM_FIGURES = Object.keys(FORM_LIMITS) as (keyof typeof FORM_LIMITS)[]; // keys returns strings

/** Returns an error for the first figure of an operation that exceeds its limit, else null. */
export function checkForm(measured: Measure, limits: OperationLimits): GraphQLError | null {
  for (const name of FORM_FIGURES) {
    if (measured[name] > limits[name]) return tooMuch(name, FORM_LIMITS[name], measured[name], limits[name]);
  }
  const { introspectionDepth, introspections } = measured;
  if (introspectionDepth > MAX_INTROSPECTION_DEPTH) {
    return tooMuch('introspectionDepth', 'levels of introspection', introspectionDepth, MAX_INTROSPECTION_DEPTH);
  }
  if (introspections > MAX_INTROSPECTIONS) {
    const what = 'schema fields and aliases inside them';
    return tooMuch('introspections', what, introspections, MAX_INTROSPECTIONS);
  }
  for (const [field, times] of measured.once) {
    if (times <= 1) continue;
    const message = `${field} can be selected only once in an operation; it is selected ${times} times.`;
    return refusal('OPERATION_LIMIT_EXCEEDED', 400, message, { figure: field, value: times, limit: 1 });
  }
  return null;
}

/** Returns an error when the operation costs more than the limit, else null. */
export function checkCost({ cost }: Measure, limit: number): GraphQLError | null {
  if (cost <= limit) return null;
  const message = `This operation costs ${cost} points; at most ${limit} are allowed. Request smaller pages, fewer nested lists, or fewer filtered counts.`;
  return refusal('COST_LIMIT_EXCEEDED', 400, message, { cost, limit });
}

/** Returns an error when the operation uses introspection and the caller is not authorized to, else null. */
export function checkIntrospection(
  { introspections }: Measure,
  isOpen: boolean,
  viewer: Viewer | null,
): GraphQLError | null {
  if (introspections === 0 || isOpen) return null;
  if (!viewer)
    return refusal('UNAUTHENTICATED', 401, 'Introspection needs an API key.', {}, { 'WWW-Authenticate': 'Bearer' });
  if (isAllowed(viewer, 'schema.read')) return null;
  const scopes = ruleOf('schema.read').scopes.join(' ');
  return refusal('FORBIDDEN', 403, `Introspection needs the scope '${scopes}', which this API key lacks.`);
}

function tooMuch(figure: string, what: string, value: number | null, limit: number): GraphQLError {
  const has = value === null ? `more than ${limit} ${what}` : `${value} ${what}`;
  const setting = figure in LIMIT_SETTINGS ? ` (${LIMIT_SETTINGS[figure as keyof OperationLimits]})` : '';
  const message = `This operation has ${has}; at most ${limit} are allowed${setting}.`;
  return refusal('OPERATION_LIMIT_EXCEEDED', 400, message, { figure, ...(value === null ? {} : { value }), limit });
}
