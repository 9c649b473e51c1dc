import { Response } from '@whatwg-node/server';
import { READ_METHODS, type Route } from '../route.js';

/** `/livez` answers 200 while the process runs; `/readyz` answers 503 while it takes no requests. */
export function healthRoutes(isReady: () => Promise<boolean>): readonly Route[] {
  return [
    {
      matches: (pathname) => pathname.endsWith('/livez'),
      methods: READ_METHODS,
      answer: () => new Response(null, { status: 200 }),
    },
    {
      matches: (pathname) => pathname.endsWith('/readyz'),
      methods: READ_METHODS,
      answer: async () => new Response(null, { status: (await isReady()) ? 200 : 503 }),
    },
  ];
}
