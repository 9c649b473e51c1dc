import { readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApiDocument } from '../../../src/rest/openapi.js';
import { OPERATIONS } from '../../../src/rest/operations/index.js';
import { VERSION } from '../../../src/runtime/version.js';

type Json = Record<string, unknown>;

/** An operation of an OpenAPI document. */
export interface DescribedOperation {
  readonly parameters?: readonly Json[];
  readonly requestBody?: { readonly content: Record<string, { schema: Json }> };
  readonly responses: Record<string, { content?: Record<string, { schema: Json }> }>;
}

export interface Document {
  readonly paths: Record<string, Record<string, DescribedOperation>>;
  readonly components: { readonly schemas: Record<string, Json> };
}

export const OURS = openApiDocument(OPERATIONS, VERSION) as unknown as Document; // the form that OpenAPI has

/** The description that WorkOS publishes, when the environment variable WORKOS_OPENAPI names its file; else null. */
export const OFFICIAL: Document | null =
  process.env.WORKOS_OPENAPI === undefined ? null : JSON.parse(readFileSync(process.env.WORKOS_OPENAPI, 'utf8'));

/** Checks answers against a document. */
export class Checker {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #patterns: readonly { readonly path: string; readonly pattern: RegExp }[];

  constructor(private readonly document: Document) {
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(document, 'api');
    this.#patterns = Object.keys(document.paths)
      // What is written out comes before what has parameters.
      .sort((a, b) => a.split('{').length - b.split('{').length)
      .map((path) => ({
        path,
        pattern: new RegExp(`^${path.replace('{external_id}', '.*').replace(/\{\w+\}/g, '[^/]+')}$`),
      }));
  }

  /** The path of the document that a request is for. */
  pathOf(pathname: string): string | undefined {
    return this.#patterns.find(({ pattern }) => pattern.test(pathname))?.path;
  }

  /** Returns what is wrong with an answer: an empty list when nothing is, or the document does not have the operation. */
  check(method: string, pathname: string, status: number, body: unknown): string[] {
    const path = this.pathOf(pathname);
    const operation = path === undefined ? undefined : this.document.paths[path]?.[method.toLowerCase()];
    if (path === undefined || !operation) return [];
    const response = operation.responses[status];
    if (!response) return [`${method} ${path} has no status ${status}`];
    const content = response.content?.['application/json'];
    if (!content) return body === null ? [] : [`${method} ${path} ${status} has a body`];
    const escaped = path.replaceAll('~', '~0').replaceAll('/', '~1');
    const pointer = `api#/paths/${encodeURIComponent(escaped)}/${method.toLowerCase()}/responses/${status}/content/application~1json/schema`;
    const validate = this.#validators.get(pointer) ?? this.#ajv.compile({ $ref: pointer });
    this.#validators.set(pointer, validate);
    return validate(body)
      ? []
      : (validate.errors ?? []).map(
          ({ instancePath, message }) => `${method} ${path} ${status}: ${instancePath} ${message}`,
        );
  }
}
