import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  validate,
  visit,
} from 'graphql';
import { confinedTo } from '../../auth/policy.js';
import type { Viewer } from '../../auth/viewer.js';
import type { Database } from '../../db/database.js';
import { after, attempt, type MaybePromise } from '../../scheduling/maybe-promise.js';
import { admit, type Bounds } from '../bounds/admission.js';
import { checkTokens } from '../bounds/form.js';
import { measureOnce } from '../bounds/measures.js';
import { createTextCache } from '../bounds/text-cache.js';
import type { Spent } from '../builder/context.js';
import type { ReadContext } from './object.js';
import { type CompiledRead, compileOperation } from './operation.js';
import { Uncovered } from './uncovered.js';
import { coercerOf } from './variables.js';

/** An operation as it was sent. */
export interface SentOperation {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The text of `data`, and what it cost. */
export interface FastResult {
  readonly data: string;
  readonly spent: Spent;
}

/** Size of an operation in addition to its text, in characters. */
const OVERHEAD = 64;
/** Variables in `@skip` and `@include`: a query is compiled for each combination of their values. */
const MAX_CONDITIONS = 4;

/** A valid query or mutation that was sent before. */
export interface Known {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly coerce: ReturnType<typeof coercerOf>;
  /** The variables in `@skip` and `@include`. */
  readonly conditions: readonly string[];
  /** By the kind of viewer and the values of `conditions`; null for what compiled reads do not cover. */
  readonly reads: Map<string, CompiledRead | null>;
}

/** Seen once. An operation is compiled when it comes again, so that those that come once cost nothing more. */
const SEEN = 'seen';
/** Neither a query nor a mutation that is valid. */
const OTHER = 'other';

export interface KnownOperationsDeps {
  readonly schema: GraphQLSchema;
  readonly db: Database;
  readonly bounds: Bounds;
  /** Whether a person may use a field of a type. */
  readonly isOpenToPersons: (type: string, field: string) => boolean;
}

/**
 * Executes queries that came before, without resolvers. The limits, the cost, the budget and the authorization are those
 * of every operation. Whatever is not covered, is refused or fails is left to graphql-js, which has the error.
 */
export class KnownOperations {
  readonly #known = createTextCache<Known | typeof SEEN | typeof OTHER>(OVERHEAD);

  constructor(private readonly deps: KnownOperationsDeps) {}

  /** Returns null when the operation is sent for the first time, is invalid, or is a subscription. */
  find({ query, operationName }: SentOperation): Known | null {
    const key = `${operationName ?? ''} ${query}`;
    const known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, SEEN);
    if (known === undefined || known === OTHER) return null;
    if (known !== SEEN) return known;
    const prepared = this.#prepare(query, operationName);
    this.#known.set(key, prepared ?? OTHER);
    return prepared;
  }

  /**
   * Executes a query. Returns null, without charge, when its resolvers have to execute it.
   *
   * @param variables the coerced ones
   * @param assertWanted called before each statement and at the end; throws when nobody waits for the response
   */
  execute(
    known: Known,
    variables: Readonly<Record<string, unknown>>,
    viewer: Viewer,
    assertWanted: () => void,
  ): MaybePromise<FastResult | null> {
    const { db, schema, bounds } = this.deps;
    const { document, operation } = known;
    if (operation.operation !== OperationTypeNode.QUERY) return null;
    const person = confinedTo(viewer);
    const read = this.#readOf(known, variables, person !== null);
    if (!read) return null;
    const measured = measureOnce(schema, document, operation, variables);
    if (measured.examination > 0) return null;
    let isFirst = true;
    const rows: ReadContext['rows'] = (query) => {
      const found = db.rows(query, assertWanted, isFirst, viewer.asOf);
      isFirst = false;
      return found;
    };
    const context = { viewer, person, variables, db: db.reader, rows };
    return after(admit(measured, viewer, bounds), (spent) => {
      if (!spent || spent instanceof GraphQLError) return null;
      return attempt(
        () =>
          after(read.read(context), (data) => {
            assertWanted();
            return { data, spent };
          }),
        () => {
          // It is executed again from the start, and reports the error.
          bounds.budgets.refund(viewer.actor.id, spent.charged);
          return null;
        },
      );
    });
  }

  #prepare(query: string, operationName: string | null): Known | null {
    const { schema, bounds } = this.deps;
    const document = parsed(query, bounds.limits.tokens);
    const operation = document && getOperationAST(document, operationName);
    if (!document || !operation || operation.operation === OperationTypeNode.SUBSCRIPTION) return null;
    if (validate(schema, document, undefined, { maxErrors: 1 }).length > 0) return null;
    const conditions = conditionsIn(document);
    return { document, operation, coerce: coercerOf(schema, operation), conditions, reads: new Map() };
  }

  #readOf(known: Known, variables: Readonly<Record<string, unknown>>, isPerson: boolean): CompiledRead | null {
    if (known.conditions.length > MAX_CONDITIONS) return null;
    const values = known.conditions.map((name) => [name, variables[name]] as const);
    const key = `${isPerson ? 'person' : ''} ${values.map(([, value]) => String(value)).join()}`;
    const compiled = known.reads.get(key);
    if (compiled !== undefined) return compiled;
    const read = this.#compile(known, Object.fromEntries(values), isPerson);
    known.reads.set(key, read);
    return read;
  }

  #compile(
    { document, operation }: Known,
    conditions: Readonly<Record<string, unknown>>,
    isPerson: boolean,
  ): CompiledRead | null {
    try {
      const { schema, isOpenToPersons } = this.deps;
      return compileOperation(schema, document, operation, conditions, isPerson ? isOpenToPersons : null);
    } catch (error) {
      if (error instanceof Uncovered) return null;
      throw error;
    }
  }
}

/** The document of a text; null when it is not GraphQL, or has too many tokens. */
function parsed(query: string, maxTokens: number): DocumentNode | null {
  try {
    return checkTokens(query, maxTokens) ? null : parse(query);
  } catch {
    return null;
  }
}

function conditionsIn(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ arguments: args = [] }) => {
      for (const { value } of args) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
