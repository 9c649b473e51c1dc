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
  return destination ? pino(options, destination) : pino(options);
}

/** Serializes an error with its stack trace. Errors that the operator can fix are logged without one. */
function plainError(error: Error): object {
  return 'what' in error && 'advice' in error
    ? { what: error.what, advice: error.advice }
    : pino.stdSerializers.err(error);
}
