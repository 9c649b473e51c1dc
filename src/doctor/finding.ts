/** `failure`: the server does not work, or may lose data. `warning`: it works, and somebody should look. */
export type Level = 'ok' | 'warning' | 'failure';

/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  readonly level: Level;
  /** What was found. */
  readonly value: string;
  /** What to do; of warnings and failures. */
  readonly advice?: string;
}

export function ok(name: string, value: string): Finding {
  return { name, level: 'ok', value };
}

export function warning(name: string, value: string, advice: string): Finding {
  return { name, level: 'warning', value, advice };
}

export function failure(name: string, value: string, advice: string): Finding {
  return { name, level: 'failure', value, advice };
}
