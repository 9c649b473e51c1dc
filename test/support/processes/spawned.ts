import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** Starts a process in a folder. Of this process's environment it gets the path of Node only. */
export function startIn(
  folder: string,
  command: string,
  args: readonly string[],
  settings: Record<string, string>,
): ChildProcess {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...settings };
  // A group of its own: npx starts the program as a child, and a test's end reaches both.
  const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  onTestFinished(() => signal(child, 'SIGKILL'));
  return child;
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) process.kill(-child.pid, name);
}

/** The first match in what the process prints. */
export function said(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      const [, match] = pattern.exec(text) ?? [];
      if (match !== undefined) resolve(match);
    });
    child.once('close', () => reject(new Error(`The process ended without saying ${pattern}: ${text}`)));
  });
}

export async function stop(child: ChildProcess): Promise<number | null> {
  const closed = once(child, 'close');
  signal(child, 'SIGTERM');
  const [code] = await closed;
  return code;
}
