import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';

// The page that shows the description of the REST API. It is copied, so that a server installs none of what it is made of.
const script = createRequire(import.meta.url).resolve('openapi-explorer/dist/browser/openapi-explorer.min.js');
const folder = new URL('dist/src/assets/', import.meta.url);
mkdirSync(folder, { recursive: true });
copyFileSync(script, new URL('openapi-explorer.min.js', folder));
copyFileSync(new URL('../../LICENSE', `file://${script}`), new URL('openapi-explorer.LICENSE', folder));
