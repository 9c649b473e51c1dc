import type { IncomingMessage } from 'node:http';
import type { Cause } from '../auth/viewer.js';
import type { Origin } from '../sessions/sign-in.js';

/** What a program calls itself is kept up to here. */
const USER_AGENT_LENGTH = 255;

/**
 * Where a request comes from. The network address is that of the socket, or, behind so many proxies that each add one,
 * what the outermost of them saw: everything before it in `x-forwarded-for` is what the caller says.
 *
 * @param header returns the value of a header of the request
 * @param message the request of Node, which has the socket
 */
export function originOf(
  header: (name: 'x-forwarded-for' | 'user-agent') => string | null | undefined,
  message: IncomingMessage | undefined,
  cause: Cause,
  trustedProxies: number,
): Origin {
  const forwarded = (header('x-forwarded-for') ?? '').split(',').map((part) => part.trim());
  // A test, or a framework, can make a message without a socket.
  const hops = [...forwarded.filter(Boolean), message?.socket?.remoteAddress ?? ''];
  const networkAddress = hops.at(-1 - trustedProxies) || null;
  const userAgent = header('user-agent')?.slice(0, USER_AGENT_LENGTH) ?? null;
  return { ...cause, networkAddress, userAgent };
}
