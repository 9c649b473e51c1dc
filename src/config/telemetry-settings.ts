import { z } from 'zod';
import { secret, setting, type ValuesOf } from './setting.js';
import { decimal, host, text, url, wholeNumber } from './setting-kinds.js';

const headers = z.string().regex(/^[^=,]+=[^,]*(,[^=,]+=[^,]*)*$/);

/** Settings of metrics and traces; those of traces are the standard variables of OpenTelemetry. */
export const telemetrySettings = {
  METRICS_PORT: setting(wholeNumber(0, 65_535), {
    meaning: 'Port of the Prometheus endpoint `/metrics`, which has its own listener; 0 picks a free port.',
    unset: 'none: no metrics',
  }),
  METRICS_HOST: setting(host, {
    meaning: 'Address of the Prometheus endpoint. It requires no API key.',
    default: '127.0.0.1',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(url('http', 'https'), {
    meaning: 'OTLP/HTTP collector for traces, e.g. `http://127.0.0.1:4318`.',
    unset: 'none: no traces',
  }),
  OTEL_EXPORTER_OTLP_HEADERS: secret(
    setting(text(headers, 'name=value, separated by commas'), {
      meaning: 'Headers sent to the collector: `name=value`, separated by commas.',
    }),
  ),
  OTEL_SERVICE_NAME: setting(text(z.string(), 'a name'), {
    meaning: 'Name of this service in traces.',
    default: 'usergraph',
  }),
  OTEL_TRACES_SAMPLER_ARG: setting(decimal(0, 1), {
    meaning:
      'Fraction of requests that are traced, from 0 to 1. It does not apply to a request whose caller has a trace: the caller decides.',
    default: 1,
  }),
};

/** Where traces are sent, and which. */
export interface TracingSettings {
  /** Full address of the OTLP/HTTP collector for traces. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** The part of requests without a parent that is traced, 0 to 1. */
  readonly sampleRatio: number;
}

/** Where traces are sent; null when there is no collector. */
export function tracingOf(settings: ValuesOf<typeof telemetrySettings>): TracingSettings | null {
  if (settings.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return null;
  const pairs = (settings.OTEL_EXPORTER_OTLP_HEADERS ?? '').split(',').filter(Boolean);
  return {
    url: `${settings.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/$/, '')}/v1/traces`,
    headers: Object.fromEntries(pairs.map((pair) => pair.trim().split(/=(.*)/s, 2))),
    serviceName: settings.OTEL_SERVICE_NAME,
    sampleRatio: settings.OTEL_TRACES_SAMPLER_ARG,
  };
}
