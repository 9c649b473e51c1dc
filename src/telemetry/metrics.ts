import type { ServerAdapterPlugin } from '@whatwg-node/server';
import { getOperationAST } from 'graphql';
import type { Plugin, YogaInitialContext } from 'graphql-yoga';
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database, ReplicaState } from '../db/database.js';
import type { GraphQLContext } from '../graphql/builder/context.js';
import type { FastAnswerObserver } from '../http/fast-answers.js';
import { VERSION } from '../runtime/version.js';
import type { MaybePromise } from '../scheduling/maybe-promise.js';
import { NO_OPERATION, type OperationNames } from './operation-names.js';

/** What is looked at when metrics are collected. */
export interface Gauges {
  readonly databaseSizes: Database['sizes'];
  readonly replicas: Database['replicas'];
  /** Units of work that wait for their commit. */
  writesWaiting(): number;
  /** Passwords that wait to be hashed. */
  hashesWaiting(): number;
  eventStreams(): number;
  /** Mails that wait, and mails that were given up. */
  mails(): Promise<{ readonly pending: number; readonly failed: number }>;
  /** Webhook endpoints that take nothing at present, and those that are disabled. */
  webhookEndpoints(): Promise<{ readonly failing: number; readonly disabled: number }>;
}

/** Figures for Prometheus. They hold no personal data: labels are from closed or bounded sets. */
export interface Metrics {
  readonly contentType: string;
  /** All figures in the text format. */
  text(): Promise<string>;
  /** Makes the figures of this process a part of those that the primary collects. */
  share(): void;
  /** From now on shows what these tell, too. */
  watch(gauges: Gauges): void;
  /** Counts requests and operations. */
  readonly http: ServerAdapterPlugin;
  readonly graphql: Plugin;
  /** To be called with each answer that bypassed them. */
  readonly onFastAnswer: FastAnswerObserver;
  /** To be called with each operation of the REST API: its ID, the status of its answer, and the time it took. */
  onRestAnswer(operation: string, status: number, milliseconds: number): void;
  /** To be called after each commit. */
  onCommit(units: number, milliseconds: number): void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export function createMetrics(names: OperationNames): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: 'usergraph_build_info',
    help: 'Version.',
    labelNames: ['version', 'node'],
    registers,
    aggregator: 'first',
  }).set({ version: VERSION, node: process.version }, 1);
  const commitUnits = new Histogram({
    name: 'usergraph_commit_units',
    help: 'Units of work that shared a commit.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    registers,
  });
  const commitSeconds = new Histogram({
    name: 'usergraph_commit_seconds',
    help: 'Time of a commit with its fsync.',
    buckets: SECONDS,
    registers,
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    share() {
      // Creating one makes the library answer the primary.
      new AggregatorRegistry();
      AggregatorRegistry.setRegistries([registry]);
    },
    watch: (gauges) => addGauges(gauges, registers),
    ...createPlugins(names, registers),
    onCommit(units, milliseconds) {
      commitUnits.observe(units);
      commitSeconds.observe(milliseconds / 1000);
    },
  };
}

/** Workers of one server add up what each of them has; all of them see the same database. */
function addGauges(gauges: Gauges, registers: Registry[]): void {
  const add = (name: string, help: string, read: () => MaybePromise<number>, aggregator: 'sum' | 'max' = 'sum') =>
    new Gauge({
      name,
      help,
      registers,
      aggregator,
      async collect() {
        this.set(await read());
      },
    });
  add('usergraph_database_bytes', 'Size of the database.', async () => (await gauges.databaseSizes()).data, 'max');
  add(
    'usergraph_wal_bytes',
    'Size of the write-ahead log of SQLite.',
    async () => (await gauges.databaseSizes()).log,
    'max',
  );
  if (gauges.replicas().length > 0) addReplicas(gauges.replicas, registers);
  add('usergraph_writes_waiting', 'Units of work that wait for their commit.', gauges.writesWaiting);
  add('usergraph_password_hashes_waiting', 'Passwords that wait to be hashed.', gauges.hashesWaiting);
  add('usergraph_event_streams', 'Streams of events that this process feeds.', gauges.eventStreams);
  new Gauge({
    name: 'usergraph_mails',
    help: 'Mails that wait, and mails that were given up.',
    labelNames: ['state'],
    registers,
    aggregator: 'max',
    async collect() {
      const { pending, failed } = await gauges.mails();
      this.set({ state: 'pending' }, pending);
      this.set({ state: 'failed' }, failed);
    },
  });
  new Gauge({
    name: 'usergraph_webhook_endpoints',
    help: 'Webhook endpoints that take nothing at present, and those that are disabled.',
    labelNames: ['state'],
    registers,
    aggregator: 'max',
    async collect() {
      const { failing, disabled } = await gauges.webhookEndpoints();
      this.set({ state: 'failing' }, failing);
      this.set({ state: 'disabled' }, disabled);
    },
  });
}

function addReplicas(replicas: Gauges['replicas'], registers: Registry[]): void {
  const add = (name: string, help: string, aggregator: 'sum' | 'max', read: (state: ReplicaState) => number | null) =>
    new Gauge({
      name,
      help,
      labelNames: ['replica'],
      registers,
      aggregator,
      collect() {
        this.reset();
        for (const state of replicas()) {
          const value = read(state);
          if (value !== null) this.set({ replica: state.place }, value);
        }
      },
    });
  add('usergraph_replica_used', 'Whether a replica is read from.', 'max', ({ isUsed }) => Number(isUsed));
  add('usergraph_replica_lag_seconds', 'How far a replica is behind.', 'max', ({ lagSeconds }) => lagSeconds);
  add('usergraph_replica_reads', 'Reads that a replica has answered.', 'sum', ({ reads }) => reads);
}

interface Entry {
  readonly startedAt: number;
  operation: string;
  failed: boolean;
}

function createPlugins(
  names: OperationNames,
  registers: Registry[],
): Pick<Metrics, 'http' | 'graphql' | 'onFastAnswer' | 'onRestAnswer'> {
  const entries = new WeakMap<Request, Entry>();
  const requests = new Counter({
    name: 'usergraph_http_requests_total',
    help: 'Answers by HTTP status.',
    labelNames: ['status'],
    registers,
  });
  const operations = new Histogram({
    name: 'usergraph_operation_seconds',
    help: 'Time from request to answer by operation, and whether the answer had errors.',
    labelNames: ['operation', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const restOperations = new Histogram({
    name: 'usergraph_rest_operation_seconds',
    help: 'Time of an operation of the REST API, and whether it was refused.',
    labelNames: ['operation', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const errors = new Counter({
    name: 'usergraph_request_errors_total',
    help: 'Entries of `errors` by code; UNAUTHENTICATED counts keys that were refused.',
    labelNames: ['code'],
    registers,
  });
  const graphql: Plugin = {
    onRequest({ request }) {
      entries.set(request, { startedAt: performance.now(), operation: NO_OPERATION, failed: false });
    },
    onExecute({ args }) {
      // Yoga knows its own part of the context; the rest is what our server made.
      const { request, viewer } = args.contextValue as YogaInitialContext & GraphQLContext;
      const entry = entries.get(request);
      // Whoever is not known must not use up the names.
      if (!entry || !viewer) return;
      entry.operation = names.label(getOperationAST(args.document, args.operationName)?.name?.value);
    },
    onResultProcess({ request, result }) {
      const entry = entries.get(request);
      for (const single of Array.isArray(result) ? result : [result]) {
        for (const { extensions } of ('errors' in single && single.errors) || []) {
          if (entry) entry.failed = true;
          errors.inc({ code: String(extensions.code) });
        }
      }
    },
    onResponse({ request }) {
      const entry = entries.get(request);
      if (!entry) return;
      const outcome = entry.failed ? 'error' : 'ok';
      operations.observe({ operation: entry.operation, outcome }, (performance.now() - entry.startedAt) / 1000);
    },
  };
  const http: ServerAdapterPlugin = {
    onResponse: ({ response }) => requests.inc({ status: response.status }),
  };
  const onFastAnswer: Metrics['onFastAnswer'] = ({ status, operation }, milliseconds) => {
    requests.inc({ status });
    if (operation) operations.observe({ operation: names.label(operation.name), outcome: 'ok' }, milliseconds / 1000);
  };
  const onRestAnswer: Metrics['onRestAnswer'] = (operation, status, milliseconds) => {
    restOperations.observe({ operation, outcome: status < 400 ? 'ok' : 'error' }, milliseconds / 1000);
  };
  return { http, graphql, onFastAnswer, onRestAnswer };
}
