import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Response } from '@whatwg-node/server';
import { assetFolder, packAsset, packedResponse } from '../http/packed-asset.js';
import { READ_METHODS, type Route } from '../http/route.js';

const OPENAPI_PATH = '/openapi.json';
const PAGE_PATH = '/openapi';
const SCRIPT = 'openapi-explorer.min.js';

/** Returns the routes of the description of the API, and of a page to read it, which loads nothing from other hosts. */
export function openApiRoutes(version: string, describe: () => object): readonly Route[] {
  const folder = assetFolder('openapi', version);
  let text: string | undefined;
  let script: Promise<Uint8Array<ArrayBuffer>> | undefined;
  return [
    {
      matches: (pathname) => pathname === OPENAPI_PATH,
      methods: READ_METHODS,
      answer: () => {
        text ??= JSON.stringify(describe());
        return new Response(text, { headers: { 'Content-Type': 'application/json; charset=utf-8' } });
      },
    },
    {
      matches: (pathname) => pathname === PAGE_PATH,
      methods: READ_METHODS,
      answer: () => new Response(page(folder), { headers: { 'Content-Type': 'text/html; charset=utf-8' } }),
    },
    {
      matches: (pathname) => pathname === `/${folder}/${SCRIPT}`,
      methods: READ_METHODS,
      answer: async () => {
        script ??= packed();
        return packedResponse(await script, 'text/javascript; charset=utf-8');
      },
    },
  ];
}

async function packed(): Promise<Uint8Array<ArrayBuffer>> {
  const built = new URL(`../assets/${SCRIPT}`, import.meta.url);
  // The build copies it, so that a server has only what it needs.
  const file = existsSync(built)
    ? built
    : createRequire(import.meta.url).resolve(`openapi-explorer/dist/browser/${SCRIPT}`);
  return packAsset(await readFile(file));
}

function page(folder: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>usergraph REST API</title>
    <link rel="icon" href="data:," />
    <script type="module" src="${folder}/${SCRIPT}"></script>
  </head>
  <body style="margin: 0">
    <noscript>This page needs JavaScript. The description is at <a href="openapi.json">openapi.json</a>.</noscript>
    <openapi-explorer spec-url="openapi.json" hide-server-selection="true"></openapi-explorer>
  </body>
</html>
`;
}
