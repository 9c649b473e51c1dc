import { SingleBar } from 'cli-progress';
import type { Output } from './output.js';

/** Shows the progress of a long command: a bar on a terminal, otherwise about ten lines. */
export interface Progress {
  update(done: number, total: number): void;
  stop(): void;
}

/** @param unit what is counted, e.g. `users` */
export function createProgress(unit: string, output: Output): Progress {
  if (!process.stderr.isTTY) {
    let reported = 0;
    const update = (done: number, total: number) => {
      if (done - reported < total / 10 && done < total) return;
      reported = done;
      output.say(`${done} of ${total} ${unit}`);
    };
    return { update, stop: () => {} };
  }
  const format = `{bar} {percentage}% | {value}/{total} ${unit} | {eta_formatted} left`;
  const bar = new SingleBar({ format, hideCursor: true });
  return {
    update: (done, total) => (bar.isActive ? bar.update(done) : bar.start(total, done)),
    stop: () => bar.stop(),
  };
}
