import { type Answer, execute, type TestApp } from '../test-app.js';

export const URL_ = 'http://localhost/graphql';
export const CREATE = 'mutation { createUser(input: { email: "form@example.com" }) { user { id } } }';

/** The answer with its status and headers. */
export async function ask(app: TestApp['app'], init: RequestInit, url = URL_) {
  const response = await app.fetch(new Request(url, init));
  const text = await response.text();
  const answer = (text.startsWith('{') ? JSON.parse(text) : { data: null }) as Answer; // JSON knows no types
  return { status: response.status, headers: response.headers, text, answer };
}

export function json(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

export async function countUsers(app: TestApp['app'], secret: string): Promise<number> {
  const { data } = await execute(app, secret, '{ users(first: 1) { totalCount } }');
  return data.users.totalCount;
}
