import { z } from 'zod';
import { failed, invalid } from './failure.js';

/**
 * Parses a query string. Parameters that the operation does not have are ignored; of one that is given twice, the last
 * one counts. Empty values count as not given, as the SDK leaves them out.
 *
 * @throws {RestFailure} 422
 */
export function parseQuery(schema: z.ZodObject, search: string): Readonly<Record<string, unknown>> {
  const given = new URLSearchParams(search);
  const values: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(schema.shape)) {
    const all = [...given.getAll(name), ...given.getAll(`${name}[]`)].filter((value) => value !== '');
    if (all.length === 0) continue;
    values[name] = isListInQuery(type) ? all.flatMap((value) => value.split(',')) : all.at(-1);
  }
  return parsed(schema, values) as Readonly<Record<string, unknown>>; // a Zod object returns an object
}

function isListInQuery(type: unknown): boolean {
  const inner = type instanceof z.ZodOptional ? type.unwrap() : type;
  return inner instanceof z.ZodArray;
}

/**
 * Parses a JSON body against the schema of an operation. An empty body is the empty object, because clients send no body
 * where none is required, whatever they say of its type.
 *
 * @throws {RestFailure} 400 when the text is not JSON, 422 when it is not valid
 */
export function parseBody(schema: z.ZodType, text: string): unknown {
  return parsed(schema, text === '' ? {} : parseJson(text));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw failed([400, 'invalid_json'], 'The body is not valid JSON.');
  }
}

function parsed(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(issue ? describe(issue) : '', issue ? String(issue.path[0] ?? '') : null);
}

/** Names the place of a problem and what is wanted there, without the value. */
function describe({ path, message }: z.core.$ZodIssue): string {
  const place = path.map(String).join('.').slice(0, 100).toWellFormed();
  return place === '' ? `${message}.` : `${place}: ${message}.`;
}
