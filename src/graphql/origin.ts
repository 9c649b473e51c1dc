import type { Origin } from '../sessions/sign-in.js';

/** What a program calls itself is kept up to here. */
const USER_AGENT_LENGTH = 255;

/** What Yoga hands on of a request; its Node adapter adds the message with the socket. */
interface Initial {
  readonly request: Request;
  readonly req?: { readonly socket?: { readonly remoteAddress?: string | undefined } };
}

/**
 * Where a request comes from. The network address is that of the socket, or, behind so many proxies that each add one,
 * what the outermost of them saw: everything before it in `x-forwarded-for` is what the caller says.
 */
export function originOf(initial: object, requestId: string, trustedProxies: number): Origin {
  const { request, req } = initial as Initial; // the adapter's part has no type of its own
  const forwarded = (request.headers.get('x-forwarded-for') ?? '').split(',').map((part) => part.trim());
  const hops = [...forwarded.filter(Boolean), req?.socket?.remoteAddress ?? ''];
  const networkAddress = hops.at(-1 - trustedProxies) || null;
  const userAgent = request.headers.get('user-agent')?.slice(0, USER_AGENT_LENGTH) ?? null;
  return { requestId, networkAddress, userAgent };
}
