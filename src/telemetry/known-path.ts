const KNOWN = ['/', '/graphql', '/livez', '/readyz', '/.well-known/jwks.json'];

/** Whether the path is one of ours. Others are chosen by callers, who may put anything into them. */
export function isKnownPath(path: string): boolean {
  return KNOWN.includes(path);
}
