/**
 * The origin an address of a web page has, as browsers write it in `Origin` (RFC 6454, 6.2): lower case, without the port
 * that its scheme has anyway. Null when the text is more than an origin, or none.
 */
export function toWebOrigin(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isMore = url === null || url.href !== `${url.origin}/`;
  return isMore ? null : url.origin;
}
