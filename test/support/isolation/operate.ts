import type { TestApp } from '../open-app.js';

/** What an operator does with A's mails. */
export async function operate({ app }: TestApp, userId: string | undefined): Promise<string[]> {
  const { environments, mails } = app.services;
  const environment = await environments.findByName(app.db.reader, 'A');
  if (!environment) throw new Error('There is no environment A.');
  const listed = await Promise.all([mails.list(environment.id, 'SENT'), mails.list(environment.id, 'FAILED')]);
  const one = listed[0].find((mail) => mail.userId === userId);
  const isRetried = one ? await mails.retry(environment.id, one.id) : null;
  return [...listed.map((list) => list.map(({ template, state }) => `${template} ${state}`).join()), String(isRetried)];
}
