import type { IncomingMessage } from 'node:http';
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { confinedTo } from '../../auth/policy.js';
import type { Viewer } from '../../auth/viewer.js';
import type { FastRequest } from '../../http/fast-answers.js';
import { admit, type Bounds, runAdmitted } from '../bounds/admission.js';
import { measureOnce } from '../bounds/measures.js';
import type { GraphQLContext } from '../builder/context.js';
import type { FastResult, Known, SentOperation } from '../compiled/known-operations.js';
import { presentError } from '../errors/errors.js';
import type { CreateContext } from './contexts.js';
import { executeOperation } from './execute.js';

export interface DirectDeps {
  readonly schema: GraphQLSchema;
  /** For viewers that are confined to their own objects. */
  readonly personSchema: GraphQLSchema;
  readonly bounds: Bounds;
  readonly createContext: CreateContext;
}

/**
 * Executes known operations with their resolvers, but without Yoga. Yoga formats the result when it has errors: it finds
 * the context here, with the result, and does not execute the operation again.
 */
export class DirectExecution {
  readonly #failed = new WeakMap<IncomingMessage, GraphQLContext>();

  constructor(private readonly deps: DirectDeps) {}

  /** The context of a request whose operation was executed and had errors. */
  contextOf(message: IncomingMessage | undefined): GraphQLContext | undefined {
    return message && this.#failed.get(message);
  }

  /** Returns null when Yoga has to answer: the operation must not run, or it has run and had errors. */
  async execute(
    known: Known,
    variables: { readonly given: SentOperation['variables']; readonly coerced: Readonly<Record<string, unknown>> },
    viewer: Viewer,
    request: FastRequest,
  ): Promise<FastResult | null> {
    const { bounds, schema, personSchema } = this.deps;
    const { document, operation } = known;
    const spent = await admit(measureOnce(schema, document, operation, variables.coerced), viewer, bounds);
    if (!spent || spent instanceof GraphQLError) return null;
    const context = this.#contextOf(viewer, request);
    context.spent = spent;
    const person = confinedTo(viewer);
    if (person !== null) context.confinedTo = person;
    const args = {
      schema: person === null ? schema : personSchema,
      document,
      operationName: operation.name?.value,
      variableValues: variables.given,
      contextValue: context,
    };
    const result = await request.live(() => runAdmitted(context, bounds, () => executeOperation(args))).catch(failed);
    // From here on the operation is never executed again.
    this.#failed.set(request.message, Object.assign(context, { result }));
    if (result.errors?.length) return null;
    return { data: JSON.stringify(result.data), spent: context.spent };
  }

  #contextOf(viewer: Viewer, { message, requestId }: FastRequest): GraphQLContext {
    const header = (name: string) => message.headers[name]?.toString() ?? null;
    return this.deps.createContext({ viewer, requestId, header, message });
  }
}

function failed(error: unknown): ExecutionResult {
  return { errors: [presentError(error)] };
}
