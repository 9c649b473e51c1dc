import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { ServerAdapterPlugin } from '@whatwg-node/server';
import type { Plugin } from 'graphql-yoga';
import type { TracingSettings } from '../config/telemetry-settings.js';
import type { BatchWrite, Database, StatementObserver } from '../db/database.js';
import type { Mailer } from '../mail/mailer.js';
import type { Logger } from '../runtime/logger.js';
import { VERSION } from '../runtime/version.js';
import type { OperationNames } from './operation-names.js';
import { createTracingPlugins } from './tracing.plugin.js';

/** How long one delivery to the collector may take, also when the server stops. */
const EXPORT_TIMEOUT_MS = 3_000;

/** Spans of OpenTelemetry. They name what was done; they never hold variables, parameters, addresses or keys. */
export interface Tracing {
  readonly http: ServerAdapterPlugin;
  readonly graphql: Plugin;
  readonly observe: StatementObserver;
  database(db: Database): Database;
  mailer(mailer: Mailer): Mailer;
  /** Delivers what has not been delivered. */
  close(): Promise<void>;
}

/** Opens spans under the one that is current where the call is made. */
export interface Spans {
  /** Runs `work` in a span; a failure marks it, with the class of the error only: messages may repeat what callers sent. */
  within<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>;
  /** A span of work that awaits nothing; null outside any other span. */
  begin(name: string, attributes?: Attributes): Span | null;
}

export interface SpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** Headers with a `traceparent`, of whoever asks. */
  readonly headers?: Headers;
}

export function createTracing(settings: TracingSettings, names: OperationNames, logger: Logger): Tracing {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': settings.serviceName, 'service.version': VERSION }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.sampleRatio) }),
    spanProcessors: [
      new BatchSpanProcessor(createExporter(settings, logger), { exportTimeoutMillis: EXPORT_TIMEOUT_MS }),
    ],
  });
  const spans = createSpans(provider);
  return {
    ...createTracingPlugins(spans, names),
    observe(sql) {
      const span = spans.begin(sql.slice(0, sql.search(/\s|$/)).toUpperCase(), {
        'db.system.name': 'sqlite',
        // Values are parameters, so the text of a statement holds none.
        'db.query.text': sql,
      });
      return span ? () => span.end() : undefined;
    },
    database: (db) => tracedDatabase(db, spans),
    mailer: (mailer) => ({
      ...mailer,
      send: (mail, signal) => spans.within('send mail', { kind: SpanKind.CLIENT }, () => mailer.send(mail, signal)),
    }),
    // What cannot be delivered any more has been told to the log.
    close: () => provider.shutdown().catch(() => {}),
  };
}

/** Nothing is registered with OpenTelemetry's globals: a program that embeds this one may have spans of its own. */
function createSpans(provider: BasicTracerProvider): Spans {
  const tracer = provider.getTracer('usergraph', VERSION);
  const current = new AsyncLocalStorage<Context>();
  const propagator = new W3CTraceContextPropagator();
  const getter = {
    get: (headers: Headers, name: string) => headers.get(name) ?? undefined,
    keys: (headers: Headers) => [...headers.keys()],
  };
  return {
    async within(name, { kind = SpanKind.INTERNAL, attributes = {}, headers }, work) {
      const around = current.getStore() ?? ROOT_CONTEXT;
      const parent = headers ? propagator.extract(around, headers, getter) : around;
      const span = tracer.startSpan(name, { kind, attributes }, parent);
      try {
        return await current.run(trace.setSpan(parent, span), () => work(span));
      } catch (error) {
        span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
    begin(name, attributes = {}) {
      const parent = current.getStore();
      return parent ? tracer.startSpan(name, { attributes }, parent) : null;
    },
  };
}

/** A unit of the database, seen from the request that waits for it. */
interface TracedUnit {
  /** Runs work in the context of the request. */
  readonly within: ReturnType<typeof AsyncLocalStorage.snapshot>;
  /** Called when the unit has written. */
  readonly written: () => void;
}

/**
 * Units of one group run one after the other in whatever context came first: each is led back into its own, and a batch
 * into that of its first input.
 */
function tracedDatabase(db: Database, spans: Spans): Database {
  const traced = <T>(run: (unit: TracedUnit) => Promise<T>): Promise<T> =>
    spans.within('transaction', {}, async () => {
      const within = AsyncLocalStorage.snapshot();
      let commit: Span | null = null;
      const written = () => {
        // Until the answer: the rest of the group, and the commit they share.
        commit = within(() => spans.begin('commit'));
      };
      try {
        return await run({ within, written });
      } finally {
        endOf(commit);
      }
    });
  const inContext = tracedWrites();
  return {
    ...db,
    transaction: (environmentId, unit) =>
      traced(({ within, written }) =>
        db.transaction(environmentId, async (trx) => {
          const value = await within(() => unit(trx));
          written();
          return value;
        }),
      ),
    batch: (environmentId, write, input) =>
      traced((unit) => db.batch(environmentId, inContext(write), { input, unit })),
  };
}

/** Returns what makes of a write one that is traced: the same function at each call, because batches are told by it. */
function tracedWrites() {
  const known = new WeakMap<object, unknown>();
  return <Input, Result>(write: BatchWrite<Input, Result>) => {
    type Traced = BatchWrite<{ readonly input: Input; readonly unit: TracedUnit }, Result>;
    const kept = known.get(write);
    if (kept) return kept as Traced; // it was made of this write
    const traced: Traced = async (trx, given) => {
      const run = () =>
        write(
          trx,
          given.map(({ input }) => input),
        );
      const results = await (given[0]?.unit.within(run) ?? run());
      for (const { unit } of given) unit.written();
      return results;
    };
    known.set(write, traced);
    return traced;
  };
}

function endOf(span: Span | null): void {
  span?.end();
}

function createExporter(settings: TracingSettings, logger: Logger): SpanExporter {
  const exporter = new OTLPTraceExporter({
    url: settings.url,
    headers: settings.headers,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  let isFailing = false;
  return {
    export(batch, done) {
      exporter.export(batch, (result) => {
        const failed = result.code !== 0;
        if (failed && !isFailing) logger.warn('the collector of traces does not take them');
        isFailing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  };
}
