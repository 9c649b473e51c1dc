import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { type Measure, measure } from './measure.js';

/** Measures of one operation that are kept, by the sizes of its variables. */
const MAX_MEASURES = 100;

/** By operation. The document cache returns the same AST for a text. */
const measures = new WeakMap<OperationDefinitionNode, Map<string, Measure>>();

/** Measures an operation, once for all requests whose variables have the same sizes. */
export function measureOnce(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Measure {
  const known = measures.get(operation) ?? new Map<string, Measure>();
  // All measures of an operation depend on the same variables.
  const [any] = known.values();
  const hit = any && known.get(keyOf(any, variables));
  if (hit) return hit;
  const measured = measure(schema, document, operation, variables);
  if (known.size >= MAX_MEASURES) known.clear();
  known.set(keyOf(measured, variables), measured);
  measures.set(operation, known);
  return measured;
}

/** What the cost depends on: the sizes of pages and of lists, and whether there is a filter. */
function keyOf({ pricedBy }: Measure, variables: Readonly<Record<string, unknown>>): string {
  let key = '';
  for (const name of pricedBy) {
    const value = variables[name];
    if (Array.isArray(value)) key += `[${value.length}]`;
    else key += typeof value === 'number' ? `${value},` : value == null ? '-,' : '+,';
  }
  return key;
}
