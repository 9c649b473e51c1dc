import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { installFromRegistry, NEIGHBORS, pack } from './installed.js';

// `tsx test/support/install.ts <folder>`: the folder that `INSTALLED` names for `package.process.test.ts`.
const [, , path] = process.argv;
if (path === undefined) throw new Error('Name the folder to install into.');
const folder = resolve(path);
mkdirSync(folder, { recursive: true });
installFromRegistry(folder, pack(folder).tarball, NEIGHBORS);
