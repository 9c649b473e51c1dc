import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { troubleOf } from './db/unavailable.js';

export type Logger = PinoLogger;
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * One JSON object a line. Lines carry ids and figures; what could hold personal data or a secret is cut out even
 * where somebody logs it by mistake.
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
  return destination ? pino(options, destination) : pino(options);
}

/** An error with its stack; of one that the machine caused, what it is and what to do: no line of ours is at fault. */
function plainError(error: Error): object {
  return troubleOf(error) ?? pino.stdSerializers.err(error);
}
