/**
 * Normalizes a web origin as browsers write it in the `Origin` header (RFC 6454, section 6.2): in lower case and
 * without the default port of its scheme. Null when the text is not an origin, or has more parts, e.g. a path.
 */
export function toWebOrigin(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isMore = url === null || url.href !== `${url.origin}/`;
  return isMore ? null : url.origin;
}
