import { post, type TestApp } from '../test-app.js';

/** What a refused operation answers: code, figures, HTTP status. */
export async function refusalOf(app: TestApp, query: string, variables?: object) {
  const response = await post(app.app, await app.key(), { query, variables });
  const { data, errors } = await response.json();
  const { code, figure, value, limit, cost } = errors?.[0]?.extensions ?? {};
  return { status: response.status, ran: data !== undefined, code, figure, value, limit, cost };
}
