import type { Plugin } from 'graphql-yoga';
import { unreadable } from './errors.js';

/**
 * Refuses a GET whose variables or extensions are not JSON: Yoga leaves what its parser throws to be a fault of the
 * server.
 */
export function useReadableQueryString(): Plugin {
  return {
    onRequestParse: ({ request, setRequestParser }) => {
      if (request.method !== 'GET') return;
      const given = new URL(request.url, 'http://localhost').searchParams;
      const name = ['variables', 'extensions'].find((one) => !isJson(given.get(one) || 'null'));
      if (name === undefined) return;
      setRequestParser(() => {
        throw unreadable(`The ${name} of the address are not JSON.`);
      });
    },
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
