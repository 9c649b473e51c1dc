import type { Plugin } from 'graphql-yoga';
import { decodeUtf8 } from '../text.js';
import { unreadable } from './errors.js';

/**
 * Refuses a GET whose address has escaped bytes that are not UTF-8, which would be read as U+FFFD, and one whose
 * variables or extensions are not JSON: Yoga leaves what its parser throws to be a fault of the server.
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
  if (!areEscapesUtf8(search)) return 'The address has escaped bytes that are not UTF-8.';
  const name = ['variables', 'extensions'].find((one) => !isJson(searchParams.get(one) || 'null'));
  return name === undefined ? null : `The ${name} of the address are not JSON.`;
}

/** A percent sign that escapes nothing stands for itself (URL Standard, percent-decoding). */
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
