import { createServer, type Server } from 'node:net';
import { codeOf } from '../system-error.js';

/** Where to listen, and which settings say so. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly settings: { readonly host: string; readonly port: string };
}

/** A server cannot listen where it is told to; the message says which setting to change. */
export class ListenError extends Error {
  override readonly name = 'ListenError';

  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

/** Listens. @throws {ListenError} when the place is taken, not allowed, or none of this machine */
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
      return `The port ${port} of ${host} is taken: end the program that has it, or set ${settings.port} to another one.`;
    case 'EACCES':
    case 'EPERM':
      return `This user may not listen on port ${port}: set ${settings.port} to one from 1024 on.`;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      return `${host} is no address of this machine (${code}): set ${settings.host} to one of its own, 0.0.0.0 for all.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return `The name ${host} leads to no address (${code}): set ${settings.host} to an address of this machine.`;
    default:
      return null;
  }
}

/**
 * Why nothing can listen at a place; null when something can, or does: that it is taken is no fault of a setting while a
 * server may be running.
 */
async function placeProblemOf(place: Place): Promise<string | null> {
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

/** The problems of all these places. */
export async function placeProblems(places: readonly Place[]): Promise<string[]> {
  const problems = await Promise.all(places.map(placeProblemOf));
  return problems.filter((problem) => problem !== null);
}
