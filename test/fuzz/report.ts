import type { Failure, Report } from './fuzz.js';
import type { Health } from './server.js';

/** Longer ones are cut: a body can be a quarter of a megabyte. */
const MAX_SHOWN = 4_000;

/** The report as people read it: the count first, then what to look at. */
export function describeReport(report: Report, health: readonly Health[]): string {
  const { operations, seconds, failures, counts, latencyMs } = report;
  const most = (key: keyof Health) => Math.max(0, ...health.map((one) => one[key]));
  const sorted = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([what, count]) => `  ${what}: ${count}`);
  return [
    `${operations} operations in ${Math.round(seconds)} s, ${Math.round(operations / seconds)} a second; ${failures.length} failures`,
    ...sorted,
    `  answer time in ms: half under ${latencyMs.p50}, 99 of 100 under ${latencyMs.p99}, longest ${latencyMs.max}`,
    `  the server's event loop was late by at most ${most('lagP99Ms')} ms in 99 of 100 turns, ${most('lagMaxMs')} ms once`,
    `  the server's memory: ${health[0]?.rssMiB ?? 0} MiB at first, ${most('rssMiB')} MiB at most, ${health.at(-1)?.rssMiB ?? 0} MiB at the end`,
    ...failures.map(describeFailure),
  ].join('\n');
}

/** Everything that is needed to ask again. */
export function describeFailure({ seed, index, faults, wire, smallest }: Failure): string {
  const show = (text: string) => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}… (${text.length})` : text);
  return [
    `FAILURE: seed ${seed}, operation ${index}: ${faults.join('; ')}`,
    ...(smallest === null ? [] : [`  smallest document: ${show(smallest)}`]),
    `  ${wire.method} ${show(wire.path)} ${JSON.stringify({ ...wire.headers, authorization: undefined })}`,
    `  ${show(wire.body === null ? '(no body)' : JSON.stringify(wire.body.toString()))}`,
  ].join('\n');
}
