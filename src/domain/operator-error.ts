/**
 * An error that the operator can fix, e.g. a wrong setting, a full disk or a file that cannot be read. The message
 * names the problem and the remedy; the command line prints it without a stack trace.
 */
export abstract class OperatorError extends Error {}

/** The settings do not describe a server that can start. The message lists every invalid setting. */
export class ConfigError extends OperatorError {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(['The configuration is invalid:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
  }
}
