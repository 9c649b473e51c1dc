import type { Plugin } from 'graphql-yoga';
import { decodeUtf8 } from '../../input/text.js';
import { unreadable } from '../errors/errors.js';

/**
 * Rejects a GET request whose URL has percent-encoded bytes that are not UTF-8, which would be decoded as U+FFFD, and
 * one whose variables or extensions are not JSON, which Yoga would report as an internal error.
 */
export function useReadableQueryString(): Plugin {
  return {
    onRequestParse: ({ request, setRequestParser }) => {
      if (request.method !== 'GET') return;
      const message = problemOf(new URL(request.url, 'http://localhost'));
      if (message === null) return;
      setRequestParser(() => {
        throw unreadable(message);
      });
    },
  };
}

function problemOf({ search, searchParams }: URL): string | null {
  if (!areEscapesUtf8(search)) return 'The URL has percent-encoded bytes that are not UTF-8.';
  const name = ['variables', 'extensions'].find((one) => !isJson(searchParams.get(one) || 'null'));
  return name === undefined ? null : `The ${name} in the URL are not valid JSON.`;
}

/** Whether all percent-encoded bytes are UTF-8. A percent sign without two hex digits is literal (URL Standard). */
function areEscapesUtf8(text: string): boolean {
  const runs = text.match(/(?:%[0-9a-f]{2})+/gi) ?? [];
  return runs.every((run) => decodeUtf8(Buffer.from(run.replaceAll('%', ''), 'hex')) !== null);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
