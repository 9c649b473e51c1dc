import { expect } from 'vitest';
import type { Row, TransferFormat } from '../../../src/transfers/row.js';
import { batchesIn } from '../../../src/transfers/user-file.js';

export const CAROL = {
  email: 'carol@example.com',
  externalId: 'c-1',
  firstName: 'Carol',
  metadata: { a: '1', b: '2' },
};

export async function* inChunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

export async function rowsIn(bytes: Buffer, format: TransferFormat, sizes: readonly number[]): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batchesIn(inChunks(bytes, sizes), format)) {
    expect(batch.position).toEqual(batch.rows.at(-1)?.end);
    rows.push(...batch.rows);
  }
  return rows;
}
