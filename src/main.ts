#!/usr/bin/env node
import { installSignalHandlers } from './cli/server/stopping.js';

installSignalHandlers();
// What this process makes is its owner's alone: there are hashes of passwords, keys and mails among it.
process.umask(0o077);
// Loaded afterwards: it takes its time, in which a signal may come.
const { main } = await import('./cli/main.js');
await main();
