import type { Document } from './documents.js';

export * from './documents.js';
export type * from './operations.generated.js';

export interface ClientOptions {
  /** Where the server is, e.g. `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  /** An API key or access token; or what answers the one of now, asked for each request. */
  readonly token: string | (() => string | Promise<string>);
  /** What sends requests; left out, the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

/** One entry of `errors`. */
export interface RequestProblem {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly requestId?: string; readonly retryAfterSeconds?: number };
}

/** The server refused a request, in whole or in part, or answered something else than GraphQL. */
export class UsergraphError extends Error {
  override readonly name = 'UsergraphError';

  constructor(
    message: string,
    /** Status of the answer. */
    readonly status: number,
    /** What is wrong; the code of the first is the one to switch on. */
    readonly errors: readonly RequestProblem[],
  ) {
    super(message);
  }

  get code(): string | undefined {
    return this.errors[0]?.extensions?.code;
  }

  /** Finds the request in the server's log. */
  get requestId(): string | undefined {
    return this.errors[0]?.extensions?.requestId;
  }
}

export interface Client {
  /**
   * Sends a document and answers its data. Refusals of a mutation are in its payload's `errors`.
   *
   * @throws {UsergraphError} when there are errors beside the data or in its place
   */
  request<Result, Variables>(document: Document<Result, Variables>, variables: Variables): Promise<Result>;
}

/** A client without dependencies, for servers and scripts; in a page use one that caches. */
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
      if (data == null) throw new UsergraphError('The answer has no data.', response.status, []);
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
    // GraphQL's form; what the data is the document says.
    return (await response.json()) as Answer<Result>;
  } catch {
    // A proxy's page, or nothing at all.
    throw new UsergraphError(`The answer of status ${response.status} is not JSON.`, response.status, []);
  }
}
