/** Where traces are sent, and which. */
export interface TracingSettings {
  /** Full address of the OTLP/HTTP collector for traces. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** The part of requests without a parent that is traced, 0 to 1. */
  readonly sampleRatio: number;
}

/** The standard variables of OpenTelemetry, checked for form; null when there is no collector. */
export function tracingOf(settings: {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT: string | undefined;
  readonly OTEL_EXPORTER_OTLP_HEADERS: string | undefined;
  readonly OTEL_SERVICE_NAME: string;
  readonly OTEL_TRACES_SAMPLER_ARG: number;
}): TracingSettings | null {
  if (settings.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return null;
  const pairs = (settings.OTEL_EXPORTER_OTLP_HEADERS ?? '').split(',').filter(Boolean);
  return {
    url: `${settings.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/$/, '')}/v1/traces`,
    headers: Object.fromEntries(pairs.map((pair) => pair.trim().split(/=(.*)/s, 2))),
    serviceName: settings.OTEL_SERVICE_NAME,
    sampleRatio: settings.OTEL_TRACES_SAMPLER_ARG,
  };
}
