import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import type { Query } from './plans.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SOURCE = join(ROOT, 'test/support/sql/vm-steps.c');
const LIBRARY = join(ROOT, '.tmp/vm-steps.so');

/** Counts the work of SQLite for statements, in instructions of its virtual machine: the same number on every machine. */
export interface StepCounter {
  /** What a statement takes. A statement that writes is rolled back. */
  steps(query: Query): number;
  close(): void;
}

/**
 * Whether the extension that counts is there; it is compiled when it is missing, by the compiler that compiled
 * better-sqlite3. Where there is none, the reason.
 */
export function missingCounter(): string | null {
  try {
    if (existsSync(LIBRARY) && statSync(LIBRARY).mtimeMs > statSync(SOURCE).mtimeMs) return null;
    const headers = join(
      dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json')),
      'deps/sqlite3',
    );
    mkdirSync(dirname(LIBRARY), { recursive: true });
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-I', headers, '-o', LIBRARY, SOURCE], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return `no C compiler made test/support/sql/vm-steps.c: ${String(error)}`;
  }
}

/** Opens a connection of its own to the file. */
export function openCounter(file: string): StepCounter {
  const sqlite = new Database(file);
  // SQLite makes the name of its entry point from that of the file.
  sqlite.loadExtension(LIBRARY);
  const counter = sqlite.prepare<[], number>('select vm_steps()').pluck();
  return {
    steps({ sql, parameters }) {
      const statement = sqlite.prepare(sql);
      counter.get();
      sqlite.exec('savepoint counted');
      try {
        if (statement.reader) statement.all(...parameters);
        else statement.run(...parameters);
        return counter.get() ?? 0;
      } finally {
        sqlite.exec('rollback to counted');
        sqlite.exec('release counted');
      }
    },
    close: () => sqlite.close(),
  };
}
