import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Creates a logger that writes one JSON object per line. Fields that can contain personal data or secrets are removed,
 * in case they are logged by mistake.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const redact = {
    paths: ['authorization', 'email', 'variables', 'password', 'code_hash', 'headers', '*.authorization', '*.email'],
    remove: true,
  };
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact,
    serializers: { err: plainError },
  };
  return pino(options, destination ?? standardOutput());
}

let output: DestinationStream | undefined;

/**
 * Standard output. The lines of one turn of the event loop are written together, because each write is a system call;
 * those of the last turn are written when the process exits.
 */
function standardOutput(): DestinationStream {
  if (output) return output;
  const target = pino.destination({ fd: 1, sync: true });
  let lines = '';
  const flush = () => {
    if (lines === '') return;
    const together = lines;
    lines = '';
    target.write(together);
  };
  process.on('exit', flush);
  output = {
    write(line) {
      if (lines === '') setImmediate(flush);
      lines += line;
    },
  };
  return output;
}

/** Serializes an error with its stack trace. Errors that the operator can fix are logged without one. */
function plainError(error: Error): object {
  return 'what' in error && 'advice' in error
    ? { what: error.what, advice: error.advice }
    : pino.stdSerializers.err(error);
}
