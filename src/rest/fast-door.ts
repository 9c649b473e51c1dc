import type { IncomingMessage } from 'node:http';
import type { FastAnswer, FastDoor } from '../http/fast-answers.js';
import { JSON_TYPE } from '../http/media-types.js';
import { after } from '../scheduling/maybe-promise.js';
import type { RestAnswer, RestDoor } from './door.js';

const TYPE = `${JSON_TYPE}; charset=utf-8`;

/** A path that the URL standard leaves as it is (WHATWG URL, 4.4), and a query string or none. */
const PLAIN = /^(\/[\w\-~!$&'()*+,;=:@%/.]*)(?:\?([^#]*))?$/;

/** Answers reads of the REST API. */
export function createRestFastDoor(door: RestDoor): FastDoor {
  return {
    accepts: ({ method, url = '' }: IncomingMessage) => {
      const parts = method === 'GET' ? partsOf(url) : null;
      return parts !== null && door.owns(parts[0]);
    },
    answer: ({ message, requestId, assertWanted, live }) => {
      const [pathname, search] = partsOf(message.url ?? '') ?? ['', ''];
      const answered = door.answer({
        method: 'GET',
        pathname,
        search,
        body: () => '',
        requestId,
        header: (name) => message.headers[name]?.toString() ?? null,
        message,
        assertWanted,
        live,
      });
      return after(answered, toFastAnswer);
    },
  };
}

function partsOf(url: string): readonly [pathname: string, search: string] | null {
  const [, pathname, search = ''] = PLAIN.exec(url) ?? [];
  return pathname === undefined || pathname.includes('/.') || pathname.includes('//') ? null : [pathname, search];
}

/** Faults of the server are reported by the usual way, which reads again. */
function toFastAnswer({ status, body, headers, viewer, path }: RestAnswer): FastAnswer | null {
  if (status >= 500 && status !== 501) return null;
  return { status, body, type: TYPE, headers, viewer, path, operation: null };
}
