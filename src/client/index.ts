import type { Document } from './documents.js';

export * from './documents.js';
export type * from './operations.generated.js';

export interface ClientOptions {
  /** URL of the GraphQL endpoint, e.g. `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  /** An API key or access token, or a function that returns the current one for each request. */
  readonly token: string | (() => string | Promise<string>);
  /** The function that sends requests. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

/** One entry of `errors`. */
export interface RequestProblem {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly requestId?: string; readonly retryAfterSeconds?: number };
}

/** The response contains errors or is not a GraphQL response. */
export class UsergraphError extends Error {
  override readonly name = 'UsergraphError';

  constructor(
    message: string,
    /** HTTP status of the response. */
    readonly status: number,
    /** Errors of the response. `code` is the code of the first one. */
    readonly errors: readonly RequestProblem[],
  ) {
    super(message);
  }

  get code(): string | undefined {
    return this.errors[0]?.extensions?.code;
  }

  /** Id of the request in the log of the server. */
  get requestId(): string | undefined {
    return this.errors[0]?.extensions?.requestId;
  }
}

export interface Client {
  /**
   * Sends a document and returns its data. A mutation reports problems of its input in the `errors` of its payload.
   *
   * @throws {UsergraphError} when the response contains errors, even with partial data, or is not JSON
   */
  request<Result, Variables>(document: Document<Result, Variables>, variables: Variables): Promise<Result>;
}

/** Creates a client without dependencies, for servers and scripts. In a browser, use a client with a cache. */
export function createClient({ url, token, fetch = globalThis.fetch }: ClientOptions): Client {
  return {
    async request<Result, Variables>({ text }: Document<Result, Variables>, variables: Variables) {
      const secret = typeof token === 'string' ? token : await token();
      const headers = {
        accept: 'application/graphql-response+json',
        authorization: `Bearer ${secret}`,
        'content-type': 'application/json',
      };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: text, variables }) });
      const { data, errors } = await answerOf<Result>(response);
      const [first] = errors ?? [];
      if (first) throw new UsergraphError(first.message, response.status, errors ?? []);
      if (data == null) throw new UsergraphError('The response has no data.', response.status, []);
      return data;
    },
  };
}

interface Answer<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly RequestProblem[];
}

async function answerOf<Result>(response: Response): Promise<Answer<Result>> {
  try {
    // The body is a GraphQL response; the document determines the type of its data.
    return (await response.json()) as Answer<Result>;
  } catch {
    // An error page of a proxy or an empty body.
    throw new UsergraphError(`The response with status ${response.status} is not JSON.`, response.status, []);
  }
}
