import { KEY_SET_PATH } from '../http/routes/key-set.js';

const KNOWN = ['/', '/graphql', '/livez', '/readyz', KEY_SET_PATH];

/** Whether the path is one of ours. Others are chosen by callers, who may put anything into them. */
export function isKnownPath(path: string): boolean {
  return KNOWN.includes(path);
}
