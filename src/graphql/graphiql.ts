import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { GraphiQLOptions, Plugin } from 'graphql-yoga';
import { prefixed } from './federation/names.js';
import { prefersPage } from './media-types.js';
import { isOperations } from './routes.plugin.js';

/** The parts of GraphiQL, by path below `/graphiql/<hash>/`: they come with us, nothing is fetched from elsewhere. */
const ASSETS = {
  'graphiql.js': { part: 'js', type: 'text/javascript; charset=utf-8' },
  'graphiql.css': { part: 'css', type: 'text/css; charset=utf-8' },
  'editor.worker.js': { part: 'editorWorkerService', type: 'text/javascript; charset=utf-8' },
  'json.worker.js': { part: 'jsonWorker', type: 'text/javascript; charset=utf-8' },
  'graphql.worker.js': { part: 'graphqlWorker', type: 'text/javascript; charset=utf-8' },
} as const;

type AssetName = keyof typeof ASSETS;

const welcome = (users: string) => `# Users with the applications that may act for them. Run it with Ctrl-Enter;
# an API key goes below, under Headers: { "authorization": "Bearer sk_…" }
query Users {
  ${users}(first: 10) {
    nodes {
      id
      email
      emailVerified
      firstName
      lastName
      authorizedApplications(first: 3) {
        nodes { grantedScopes application { name } }
      }
    }
    pageInfo { hasNextPage endCursor }
    totalCount
  }
}
`;

/** Leads from `/` to GraphiQL. A redirect would lose the prefix of an address that has no slash at its end. */
const ENTRANCE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>usergraph</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <noscript>GraphiQL is at <a href="graphql">graphql</a>; it needs JavaScript.</noscript>
    <script>
      location.replace(location.pathname.replace(/\\/?$/, '/graphql') + location.search + location.hash);
    </script>
  </body>
</html>
`;

/**
 * GraphiQL as files of their own: a small page, and parts that browsers and proxies keep for good. Every address is
 * relative to that of the page, so that it works behind a prefix.
 *
 * @param headers what the headers editor starts with; only a demo fills a key in
 * @param fieldPrefix what the names of fields at the root begin with
 */
export function useGraphiQL(version: string, headers: Readonly<Record<string, string>>, fieldPrefix: string): Plugin {
  // A new release may bring a new GraphiQL: its assets then have another address.
  const base = `graphiql/${createHash('sha256').update(version).digest('hex').slice(0, 12)}`;
  const options: GraphiQLOptions = {
    title: 'usergraph',
    defaultQuery: welcome(prefixed(fieldPrefix, 'users')),
    defaultEditorToolsVisibility: 'headers',
    shouldPersistHeaders: false,
  };
  // Read for each page: a demo has its key only when the app is there to make it.
  const prefilled = () => (Object.keys(headers).length > 0 ? { headers: JSON.stringify(headers, null, 2) } : {});
  const packed = new Map<AssetName, Promise<Uint8Array<ArrayBuffer>>>();
  return {
    onRequest: async ({ request, url: { pathname }, fetchAPI, endResponse }) => {
      if (request.method !== 'GET' && !(request.method === 'HEAD' && !isOperations(pathname))) return;
      if (pathname === '/') return endResponse(new fetchAPI.Response(ENTRANCE, { headers: PAGE }));
      if (isOperations(pathname)) {
        if (!prefersPage(request.headers)) return;
        const page = renderPage(pathname.endsWith('/') ? `../${base}` : base, { ...options, ...prefilled() });
        return endResponse(new fetchAPI.Response(page, { headers: PAGE }));
      }
      const [, name = ''] = pathname.split(`/${base}/`);
      if (!isAsset(name)) return;
      const body = packed.get(name) ?? pack(name);
      packed.set(name, body);
      const headers = {
        'Content-Type': ASSETS[name].type,
        'Content-Encoding': 'gzip',
        'Cache-Control': 'public, max-age=31536000, immutable',
      };
      endResponse(new fetchAPI.Response(await body, { headers }));
    },
  };
}

const PAGE = { 'Content-Type': 'text/html; charset=utf-8' };

async function pack(name: AssetName): Promise<Uint8Array<ArrayBuffer>> {
  // Nine megabytes, loaded when the first browser asks for them.
  const parts = await import('@graphql-yoga/render-graphiql/graphiql');
  return new Uint8Array(await promisify(gzip)(parts[ASSETS[name].part]));
}

function isAsset(name: string): name is AssetName {
  return Object.hasOwn(ASSETS, name);
}

function renderPage(base: string, options: GraphiQLOptions): string {
  // A script element ends at the first "</script", whatever JavaScript makes of it.
  const json = JSON.stringify(options).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>usergraph</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="${base}/graphiql.css" />
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
    <script>
      const workers = { editorWorkerService: 'editor', json: 'json', graphql: 'graphql' };
      self.MonacoEnvironment = {
        globalAPI: false,
        getWorkerUrl: (_, label) => new URL(\`${base}/\${workers[label]}.worker.js\`, document.baseURI).href,
      };
    </script>
    <script src="${base}/graphiql.js"></script>
    <script>
      YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), ${json});
    </script>
  </body>
</html>
`;
}
