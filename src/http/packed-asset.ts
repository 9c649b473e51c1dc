import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Response } from '@whatwg-node/server';

/** Returns the folder of a page's assets. A new release can contain new assets, so it depends on the version. */
export function assetFolder(page: string, version: string): string {
  return `${page}/${createHash('sha256').update(version).digest('hex').slice(0, 12)}`;
}

/** Compresses an asset. */
export async function packAsset(content: string | Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await promisify(gzip)(content));
}

/** Returns the response for a compressed asset. Browsers and proxies cache it without revalidation. */
export function packedResponse(packed: Uint8Array<ArrayBuffer>, type: string): Response {
  const headers = {
    'Content-Type': type,
    'Content-Encoding': 'gzip',
    'Cache-Control': 'public, max-age=31536000, immutable',
  };
  return new Response(packed, { headers });
}
