import type { Failure, Report } from './fuzz.js';
import type { Health } from './server.js';

/** Longer texts are cut, because a body can have a quarter of a megabyte. */
const MAX_SHOWN = 4_000;

/** Returns the report as text: counts first, then the failures. */
export function describeReport(report: Report, health: readonly Health[]): string {
  const { operations, seconds, failures, counts, latencyMs } = report;
  const most = (key: keyof Health) => Math.max(0, ...health.map((one) => one[key]));
  const sorted = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([what, count]) => `  ${what}: ${count}`);
  return [
    `${operations} operations in ${Math.round(seconds)} s, ${Math.round(operations / seconds)} per second; ${failures.length} failures`,
    ...sorted,
    `  latency in ms: p50 ${latencyMs.p50}, p99 ${latencyMs.p99}, maximum ${latencyMs.max}`,
    `  event loop delay of the server in ms: p99 at most ${most('lagP99Ms')}, maximum ${most('lagMaxMs')}`,
    `  the server's memory: ${health[0]?.rssMiB ?? 0} MiB at the start, ${most('rssMiB')} MiB at most, ${health.at(-1)?.rssMiB ?? 0} MiB at the end`,
    ...failures.map(describeFailure),
  ].join('\n');
}

/** Returns everything that is needed to reproduce the failure. */
export function describeFailure({ seed, index, faults, wire, smallest }: Failure): string {
  const show = (text: string) => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}… (${text.length})` : text);
  return [
    `FAILURE: seed ${seed}, operation ${index}: ${faults.join('; ')}`,
    ...(smallest === null ? [] : [`  smallest document: ${show(smallest)}`]),
    `  ${wire.method} ${show(wire.path)} ${JSON.stringify({ ...wire.headers, authorization: undefined })}`,
    `  ${show(wire.body === null ? '(no body)' : JSON.stringify(wire.body.toString()))}`,
  ].join('\n');
}
