import { Agent, request } from 'node:http';

/** An answer, and the milliseconds until its last byte. */
export interface Timed {
  readonly status: number;
  readonly text: string;
  readonly ms: number;
}

/** Sends one operation at a time over one connection. */
export function connection(url: string, headers: Readonly<Record<string, string>>) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (operation: object): Promise<Timed> =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify(operation);
      const startedAt = performance.now();
      const length = { 'content-length': String(Buffer.byteLength(body)) };
      const sent = request(url, { method: 'POST', agent, headers: { ...headers, ...length } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text, ms: performance.now() - startedAt });
        });
      });
      sent.on('error', reject).end(body);
    });
  return { send, close: () => agent.destroy() };
}

/** The value below which this part of the values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
