import { createServer, type Server } from 'node:net';
import { OperatorError } from '../../domain/operator-error.js';
import { codeOf } from '../../runtime/system-error.js';

/** A host and port to listen on, and the names of the settings that define them. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly settings: { readonly host: string; readonly port: string };
}

/** The configured address cannot be used. The message says which setting to change. */
export class ListenError extends OperatorError {
  override readonly name = 'ListenError';

  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

/**
 * Starts to listen.
 *
 * @throws {ListenError} when the port is in use or not permitted, or the host is not an address of this machine
 */
export async function listenAt(server: Server, place: Place): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(place.port, place.host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    const code = codeOf(error);
    const message = code === null ? null : messageOf(code, place);
    throw code === null || message === null ? error : new ListenError(message, code);
  }
}

function messageOf(code: string, { host, port, settings }: Place): string | null {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is already in use: stop the program that uses it, or set ${settings.port} to another port.`;
    case 'EACCES':
    case 'EPERM':
      return `This user has no permission to listen on port ${port}: set ${settings.port} to 1024 or higher.`;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      return `${host} is not an address of this machine (${code}): set ${settings.host} to one, or to 0.0.0.0 for all.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return `The host name ${host} does not resolve (${code}): set ${settings.host} to an address of this machine.`;
    default:
      return null;
  }
}

/**
 * Returns the reason why a server cannot listen on this address, or null when it can. A port that is in use is not a
 * problem, because the server itself may be running.
 */
async function addressProblemOf(place: Place): Promise<string | null> {
  const server = createServer();
  try {
    await listenAt(server, place);
    return null;
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    return error.code === 'EADDRINUSE' ? null : error.message;
  } finally {
    server.close();
  }
}

/** Returns the problems of these addresses. */
export async function addressProblems(places: readonly Place[]): Promise<string[]> {
  const problems = await Promise.all(places.map(addressProblemOf));
  return problems.filter((problem) => problem !== null);
}
