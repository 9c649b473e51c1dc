import { Response } from '@whatwg-node/server';
import type { GraphiQLOptions } from 'graphql-yoga';
import { prefersPage } from '../http/media-types.js';
import { assetFolder, packAsset, packedResponse } from '../http/packed-asset.js';
import type { Route } from '../http/route.js';
import { prefixed } from './federation/names.js';
import { isGraphqlPath } from './path.js';

/** The assets of GraphiQL, by path under `/graphiql/<hash>/`. The page loads nothing from other hosts. */
const ASSETS = {
  'graphiql.js': { part: 'js', type: 'text/javascript; charset=utf-8' },
  'graphiql.css': { part: 'css', type: 'text/css; charset=utf-8' },
  'editor.worker.js': { part: 'editorWorkerService', type: 'text/javascript; charset=utf-8' },
  'json.worker.js': { part: 'jsonWorker', type: 'text/javascript; charset=utf-8' },
  'graphql.worker.js': { part: 'graphqlWorker', type: 'text/javascript; charset=utf-8' },
} as const;

type AssetName = keyof typeof ASSETS;

const welcome = (
  users: string,
) => `# Users and the applications that have access to their data. Press Ctrl-Enter to run it.
# Enter an API key below, under Headers: { "authorization": "Bearer sk_…" }
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

/** Page at `/` that navigates to GraphiQL. A redirect would lose the path prefix when the URL has no trailing slash. */
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
 * Returns the routes of GraphiQL: a small page, and assets that browsers and proxies cache without revalidation. All
 * URLs are relative to the page, so that it works behind a path prefix.
 *
 * @param headers initial content of the headers editor; only the demo has an API key there
 * @param fieldPrefix prefix of the names of root fields
 */
export function graphiqlRoutes(
  version: string,
  headers: Readonly<Record<string, string>>,
  fieldPrefix: string,
): readonly Route[] {
  const base = assetFolder('graphiql', version);
  const options: GraphiQLOptions = {
    title: 'usergraph',
    defaultQuery: welcome(prefixed(fieldPrefix, 'users')),
    defaultEditorToolsVisibility: 'headers',
    shouldPersistHeaders: false,
  };
  // Evaluated for each page: the demo creates its API key after the routes.
  const prefilled = () => (Object.keys(headers).length > 0 ? { headers: JSON.stringify(headers, null, 2) } : {});
  const packed = new Map<AssetName, Promise<Uint8Array<ArrayBuffer>>>();
  const assetOf = (pathname: string) => {
    const [, name = ''] = pathname.split(`/${base}/`);
    return isAsset(name) ? name : null;
  };
  return [
    {
      matches: (pathname, { method }) => pathname === '/' && READ.includes(method),
      methods: null,
      answer: () => new Response(ENTRANCE, { headers: PAGE }),
    },
    {
      // A browser that navigates to the GraphQL endpoint gets the page.
      matches: (pathname, { method, headers }) => isGraphqlPath(pathname) && method === 'GET' && prefersPage(headers),
      methods: null,
      answer: ({ url: { pathname } }) => {
        const page = renderPage(pathname.endsWith('/') ? `../${base}` : base, { ...options, ...prefilled() });
        return new Response(page, { headers: PAGE });
      },
    },
    {
      matches: (pathname, { method }) => READ.includes(method) && assetOf(pathname) !== null,
      methods: null,
      answer: async ({ url: { pathname } }) => {
        const name = assetOf(pathname) ?? 'graphiql.js'; // never null: `matches` was true
        const body = packed.get(name) ?? pack(name);
        packed.set(name, body);
        return packedResponse(await body, ASSETS[name].type);
      },
    },
  ];
}

const READ = ['GET', 'HEAD'];

const PAGE = { 'Content-Type': 'text/html; charset=utf-8' };

async function pack(name: AssetName): Promise<Uint8Array<ArrayBuffer>> {
  // Nine megabytes, imported on the first request.
  const parts = await import('@graphql-yoga/render-graphiql/graphiql');
  return packAsset(parts[ASSETS[name].part]);
}

function isAsset(name: string): name is AssetName {
  return Object.hasOwn(ASSETS, name);
}

function renderPage(base: string, options: GraphiQLOptions): string {
  // HTML ends a script element at the first "</script", even inside a JavaScript string.
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
