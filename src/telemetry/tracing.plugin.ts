import { type Span, SpanKind } from '@opentelemetry/api';
import type { ServerAdapterPlugin } from '@whatwg-node/server';
import { getOperationAST } from 'graphql';
import type { Plugin, YogaInitialContext } from 'graphql-yoga';
import type { GraphQLContext } from '../graphql/builder/context.js';
import { isKnownPath } from './known-path.js';
import type { OperationNames } from './operation-names.js';
import type { Spans } from './tracing.js';

/** A span for each request, and in it one for each step of its operation. */
export function createTracingPlugins(
  spans: Spans,
  names: OperationNames,
): { http: ServerAdapterPlugin; graphql: Plugin } {
  const roots = new WeakMap<Request, Span>();
  const step = (name: string) => (_payload: unknown, wrapped: () => void) => {
    const span = spans.begin(name);
    wrapped();
    span?.end();
  };
  const http: ServerAdapterPlugin = {
    instrumentation: {
      request({ request }, wrapped) {
        const { pathname } = new URL(request.url, 'http://localhost');
        const path = isKnownPath(pathname) ? pathname : '(other)';
        const attributes = { 'http.request.method': request.method, 'url.path': path };
        const options = { kind: SpanKind.SERVER, attributes, headers: request.headers };
        return spans.within(`${request.method} ${path}`, options, async (span) => {
          roots.set(request, span);
          await wrapped();
        });
      },
    },
    onResponse({ request, response }) {
      roots.get(request)?.setAttribute('http.response.status_code', response.status);
    },
  };
  const graphql: Plugin = {
    instrumentation: {
      parse: step('parse'),
      validate: step('validate'),
      execute: (_payload, wrapped) => spans.within('execute', {}, async () => wrapped()),
    },
    onExecute({ args }) {
      // Yoga knows its own part of the context; the rest is what our server made.
      const { request, viewer } = args.contextValue as YogaInitialContext & GraphQLContext;
      const operation = getOperationAST(args.document, args.operationName);
      if (!operation) return;
      roots.get(request)?.setAttributes({
        'graphql.operation.type': operation.operation,
        ...(viewer
          ? {
              'graphql.operation.name': names.label(operation.name?.value),
              'usergraph.environment.id': viewer.environmentId,
              'usergraph.request.id': viewer.requestId,
            }
          : {}),
      });
    },
  };
  return { http, graphql };
}
