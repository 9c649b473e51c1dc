import { z } from 'zod';
import type { Operation } from './protocol/operation.js';

type Json = Readonly<Record<string, unknown>>;

/** Statuses that every operation can answer with. */
const COMMON = {
  400: 'The request is not well-formed, or the domain refuses it; `code` says why.',
  401: 'The API key or access token is missing, malformed, unknown, expired or revoked.',
  403: 'The caller lacks a scope, which the message names.',
  404: 'There is no object with this ID.',
  405: 'The address does not take this method.',
  409: 'The request conflicts with the state of the object; `code` says how.',
  413: 'The body is too large.',
  415: 'The body is not JSON in UTF-8.',
  422: 'A parameter or the body is not valid.',
  429: 'There were too many requests: wait for the number of seconds in `Retry-After`.',
  500: 'An internal error occurred.',
  503: 'The server is overloaded, or something it depends on is unavailable.',
  504: 'The request took too long.',
} as const;

type Status = keyof typeof COMMON;

const ALWAYS: readonly Status[] = [401, 403, 429, 500, 503, 504];
const WITH_BODY: readonly Status[] = [400, 413, 415, 422];

const ErrorObject = z
  .object({
    code: z.string(),
    message: z.string(),
    errors: z
      .array(z.object({ code: z.string(), message: z.string().optional(), field: z.string().optional() }))
      .optional(),
    entity_id: z.string().optional(),
  })
  .meta({ id: 'Error', description: 'Why a request was refused. Clients switch on `code`.' });

const OAuthErrorObject = z
  .object({ error: z.string(), error_description: z.string() })
  .meta({ id: 'OAuthError', description: 'Why a grant was refused (RFC 6749, section 5.2).' });

/** Returns the description of the API in OpenAPI 3.1, made of the schemas that requests are checked with. */
export function openApiDocument(operations: readonly Operation[], version: string): Json {
  const schemas = new Components();
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    paths[operation.path] = path;
    path[operation.method.toLowerCase()] = describe(operation, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'usergraph',
      version,
      description: 'Users and what belongs to them, with the paths and bodies of the WorkOS API.',
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: schemas.all,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or the access token of a user.' },
      },
    },
  };
}

function describe(operation: Operation, schemas: Components): Json {
  const { id, tag, summary, description, body, success, isPublic, isIdempotent } = operation;
  const parameters = [...pathParameters(operation.path), ...queryParameters(operation, schemas)];
  if (isIdempotent) parameters.push(IDEMPOTENCY_KEY);
  const isRequired = body !== undefined && !body.safeParse({}).success;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(isPublic ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: isRequired, content: jsonOf(schemas.of(body, 'input')) } } : {}),
    responses: {
      [success.status]: {
        description: success.body === null ? 'Done.' : 'The response.',
        ...(success.body === null ? {} : { content: jsonOf(schemas.of(success.body, 'output')) }),
      },
      ...Object.fromEntries(statusesOf(operation).map((status) => [status, failure(status, operation, schemas)])),
    },
  };
}

/** The statuses of failures of an operation, in ascending order. */
export function statusesOf({ errors, body }: Pick<Operation, 'errors' | 'body'>): readonly Status[] {
  const all = new Set<number>([...errors, ...ALWAYS, ...(body ? WITH_BODY : [])]);
  return (Object.keys(COMMON).map(Number) as Status[]).filter((status) => all.has(status)); // the keys of COMMON
}

function failure(status: Status, { isPublic }: Operation, schemas: Components): Json {
  const own = schemas.of(ErrorObject, 'output');
  const isOAuth = isPublic && (status === 400 || status === 429);
  const schema = isOAuth ? { anyOf: [own, schemas.of(OAuthErrorObject, 'output')] } : own;
  return { description: COMMON[status], content: jsonOf(schema) };
}

const IDEMPOTENCY_KEY: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 255 },
  description: 'For 24 hours, the same key with the same request returns the first result again.',
};

function pathParameters(path: string): Json[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters({ query }: Operation, schemas: Components): Json[] {
  return Object.entries(query?.shape ?? {}).map(([name, type]) => {
    const { description, deprecated, ...schema } = schemas.of(type as z.ZodType, 'output'); // the shape holds types
    return {
      name,
      in: 'query',
      required: false,
      ...(description === undefined ? {} : { description }),
      ...(deprecated === true ? { deprecated } : {}),
      ...(schema.type === 'array' ? { style: 'form', explode: false } : {}),
      schema,
    };
  });
}

function jsonOf(schema: Json): Json {
  return { 'application/json': { schema } };
}

/** Collects the schemas that have a name. */
class Components {
  readonly all: Record<string, unknown> = {};

  /** The JSON Schema of a type; named parts become references. */
  of(type: z.ZodType, io: 'input' | 'output'): Json {
    const made = z.toJSONSchema(type, { io, unrepresentable: 'any' });
    // OpenAPI keeps named schemas at another place.
    const {
      $schema: _,
      $defs = {},
      id,
      ...schema
    } = JSON.parse(JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/'));
    for (const [name, { id: __, ...definition }] of Object.entries<Record<string, unknown>>($defs)) {
      this.all[name] = definition;
    }
    if (typeof id !== 'string') return schema;
    this.all[id] = schema;
    return { $ref: `#/components/schemas/${id}` };
  }
}
