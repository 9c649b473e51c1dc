import { type GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import { includesScope } from '../../auth/scope.js';
import type { Viewer } from '../../auth/viewer.js';
import type { Measure } from './measure.js';
import {
  FORM_LIMITS,
  LIMIT_SETTINGS,
  MAX_INTROSPECTION_DEPTH,
  MAX_INTROSPECTIONS,
  type OperationLimits,
} from './operation-limits.js';
import { refusal } from './refusal.js';

/** Complains when the text has more tokens than the limit; counts no further than that. */
export function checkTokens(text: string, limit: number): GraphQLError | null {
  const lexer = new Lexer(new Source(text));
  for (let count = 1; lexer.advance().kind !== TokenKind.EOF; count++) {
    if (count > limit) return tooMuch('tokens', 'tokens', null, limit);
  }
  return null;
}

/** What is wrong with the form of an operation: the first of its figures that is over its limit. */
export function checkForm(measured: Measure, limits: OperationLimits): GraphQLError | null {
  for (const [figure, what] of Object.entries(FORM_LIMITS)) {
    const name = figure as keyof typeof FORM_LIMITS; // entries gives the keys as text
    if (measured[name] > limits[name]) return tooMuch(name, what, measured[name], limits[name]);
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
    const message = `${field} may stand once in an operation; it stands ${times} times.`;
    return refusal('OPERATION_LIMIT_EXCEEDED', 400, message, { figure: field, value: times, limit: 1 });
  }
  return null;
}

/** Complains when the operation costs more than one may. */
export function checkCost({ cost }: Measure, limit: number): GraphQLError | null {
  if (cost <= limit) return null;
  const message = `This operation costs ${cost} points; at most ${limit} are allowed. Ask for smaller pages, fewer lists in lists, or fewer filtered counts.`;
  return refusal('COST_LIMIT_EXCEEDED', 400, message, { cost, limit });
}

/** Complains when the operation asks for the schema and the caller may not see it. */
export function checkIntrospection(
  { introspections }: Measure,
  isOpen: boolean,
  viewer: Viewer | null,
): GraphQLError | null {
  if (introspections === 0 || isOpen) return null;
  if (!viewer)
    return refusal('UNAUTHENTICATED', 401, 'Introspection needs an API key.', {}, { 'WWW-Authenticate': 'Bearer' });
  if (includesScope(viewer.scopes, 'schema:read')) return null;
  return refusal('FORBIDDEN', 403, "Introspection needs the scope 'schema:read', which this API key lacks.");
}

function tooMuch(figure: string, what: string, value: number | null, limit: number): GraphQLError {
  const has = value === null ? `more than ${limit} ${what}` : `${value} ${what}`;
  const setting = figure in LIMIT_SETTINGS ? ` (${LIMIT_SETTINGS[figure as keyof OperationLimits]})` : '';
  const message = `This operation has ${has}; at most ${limit} are allowed${setting}.`;
  return refusal('OPERATION_LIMIT_EXCEEDED', 400, message, { figure, ...(value === null ? {} : { value }), limit });
}
